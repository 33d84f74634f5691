import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import * as React from 'react';
import { ForecastChart } from './ForecastChart.tsx';

type Props = React.ComponentProps<typeof ForecastChart>;

const smallest = { width: 260, height: 140 };
const titleHeight = 20;

/** A small chart for each series, on a time axis that all share and y axes of their own. Scrolls when they do not fit. */
export const Multiples = ({ width, height, context, ...rest }: Props): React.ReactElement => {
  const styles = useStyles2(getStyles);
  const count = context.series.length;
  const most = Math.max(1, Math.min(count, Math.floor(width / smallest.width)));
  const rows = Math.ceil(count / most);
  // No more columns than the rows need, so that four charts are two and two.
  const columns = Math.max(1, Math.ceil(count / Math.max(1, rows)));
  const cellHeight = Math.max(smallest.height, Math.floor(height / Math.max(1, rows)));
  const scrolls = cellHeight * rows > height;
  const cellWidth = Math.floor((width - (scrolls ? 16 : 0)) / columns);
  const one = React.useMemo(() => context.series.map((series) => [series]), [context.series]);
  return (
    <div
      className={styles.grid}
      style={{ width, height, gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)` }}
      {...(scrolls && { tabIndex: 0 })}
      role="group"
      aria-label="One chart a series"
    >
      {one.map((series) => (
        <div key={series[0]!.id} style={{ height: cellHeight }}>
          <div className={styles.title}>{series[0]!.title}</div>
          <ForecastChart {...rest} width={cellWidth} height={cellHeight - titleHeight} context={{ ...context, series }} />
        </div>
      ))}
    </div>
  );
};

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({ display: 'grid', overflowY: 'auto', overflowX: 'hidden', alignContent: 'start' }),
  title: css({
    height: titleHeight,
    paddingLeft: theme.spacing(1),
    fontSize: theme.typography.bodySmall.fontSize,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
});
