import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import * as React from 'react';

interface Props {
  readonly title: string;
  readonly lines: readonly string[];
  /** Queries that would help, ready to copy. */
  readonly queries: readonly string[];
}

/** What stands in place of a chart that cannot be drawn: what was found, what is wanted, and the query that gives it. */
export const Message = ({ title, lines, queries }: Props): React.ReactElement => {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role="status" data-testid="forecast-message">
      <div className={styles.title}>{title}</div>
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
      {queries.map((query) => (
        <code key={query} className={styles.query}>
          {query}
        </code>
      ))}
    </div>
  );
};

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(0.5),
    height: '100%',
    padding: theme.spacing(1),
    textAlign: 'center',
    color: theme.colors.text.secondary,
    overflow: 'auto',
  }),
  title: css({ color: theme.colors.text.primary, fontWeight: 500 }),
  query: css({ fontFamily: theme.typography.fontFamilyMonospace, fontSize: theme.typography.bodySmall.fontSize, userSelect: 'all' }),
});
