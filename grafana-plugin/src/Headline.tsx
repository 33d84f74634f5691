import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import * as React from 'react';
import { breachWords, urgency, type Breach } from './model/breach.ts';
import type { SeriesView } from './model/readModel.ts';

interface Props {
  readonly series: readonly SeriesView[];
  readonly clock: (time: number) => string;
}

/** The height that the headline takes, in CSS pixels. */
export const headlineHeight = 22;

/** The most urgent breach of all shown series, in words. Draws nothing when none is in sight. */
export const Headline = ({ series, clock }: Props): React.ReactElement | null => {
  const styles = useStyles2(getStyles);
  const all = breachesByUrgency(series);
  const first = all[0];
  if (first === undefined) return null;
  const name = series.length > 1 ? `${first.series.title} · ` : '';
  const words = `${name}${breachWords(first.breach, clock)}`;
  const more = new Set(all.map((one) => one.series.id)).size - 1;
  return (
    <div
      className={styles.line}
      data-testid="forecast-headline"
      title={all.map((one) => `${one.series.title}: ${breachWords(one.breach, clock)}`).join('\n')}
    >
      <span aria-hidden className={first.breach.passed ? styles.passed : styles.flag}>
        <svg width="10" height="12" viewBox="0 0 10 12">
          <path d={first.breach.passed ? 'M1 2h8v8H1z' : 'M1 0h1v12H1zM2 1l7 3-7 3z'} fill="currentColor" />
        </svg>
      </span>
      <span className={styles.words}>{words}</span>
      {more > 0 && <span className={styles.more}>and {more} more series</span>}
    </div>
  );
};

/** All breaches in the order a reader should act on them. */
export function breachesByUrgency(series: readonly SeriesView[]): { series: SeriesView; breach: Breach }[] {
  const all = series.flatMap((one) => one.breaches.map((breach) => ({ series: one, breach })));
  return all.sort((a, b) => urgency(a.breach) - urgency(b.breach));
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.75),
    height: headlineHeight,
    paddingLeft: theme.spacing(1),
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 500,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
  }),
  words: css({ overflow: 'hidden', textOverflow: 'ellipsis' }),
  flag: css({ color: theme.colors.warning.text }),
  passed: css({ color: theme.colors.error.text }),
  more: css({ color: theme.colors.text.secondary, fontWeight: 400 }),
});
