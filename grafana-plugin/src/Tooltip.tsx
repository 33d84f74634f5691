import { css } from '@emotion/css';
import type { GrafanaTheme2, LinkModel } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import * as React from 'react';
import { scoreText } from './draw/findings.ts';
import { bandName } from './model/bands.ts';
import type { MomentOfSeries } from './model/reading.ts';

interface Props {
  readonly time: string;
  readonly distance: string;
  readonly moments: readonly MomentOfSeries[];
  /** How many series are left out. */
  readonly more: number;
  readonly notes: readonly string[];
  readonly links: readonly LinkModel[];
  readonly text: (moment: MomentOfSeries, value: number) => string;
}

/** What all shown series say at one time: value, expectation, bands, score; below, notes of the dashboard and data links. */
export const Tooltip = ({ time, distance, moments, more, notes, links, text }: Props): React.ReactElement => {
  const styles = useStyles2(getStyles);
  const isShort = moments.length > 3;
  return (
    <div className={styles.box} data-testid="forecast-tooltip">
      <div className={styles.head}>
        <span>{time}</span>
        <span className={styles.weak}>{distance}</span>
      </div>
      {moments.map((moment) => (
        <SeriesRows key={moment.series.id} moment={moment} isShort={isShort} text={text} />
      ))}
      {more > 0 && <div className={styles.weak}>and {more} more</div>}
      {notes.map((note) => (
        <div key={note} className={styles.note}>
          {note}
        </div>
      ))}
      {links.map((link) => (
        <a key={link.href} className={styles.link} href={link.href} target={link.target} rel="noreferrer" onClick={link.onClick}>
          {link.title}
        </a>
      ))}
    </div>
  );
};

const SeriesRows = ({ moment, isShort, text }: { moment: MomentOfSeries; isShort: boolean; text: Props['text'] }): React.ReactElement => {
  const styles = useStyles2(getStyles);
  const bands = isShort ? moment.bands.slice(0, 1) : moment.bands;
  return (
    <dl className={styles.rows}>
      <div className={styles.row}>
        <dt className={styles.name}>
          <span className={styles.swatch} style={{ background: moment.series.color }} />
          {moment.series.title}
        </dt>
        <dd className={styles.value}>{Number.isNaN(moment.actual) ? '' : text(moment, moment.actual)}</dd>
      </div>
      {!Number.isNaN(moment.expected) && <Row name="expected" value={text(moment, moment.expected)} />}
      {bands.map((band) => (
        <Row key={bandName(band)} name={bandName(band)} value={`${text(moment, band.lower)} – ${text(moment, band.upper)}`} />
      ))}
      {moment.isAnomalous && (
        <div className={styles.alarm}>
          <dt>{moment.direction > 0 ? '▲ above what is normal' : moment.direction < 0 ? '▼ below what is normal' : '◆ anomalous'}</dt>
          <dd className={styles.value}>{moment.score === null ? '' : `score ${scoreText(moment.score)}`}</dd>
        </div>
      )}
    </dl>
  );
};

const Row = ({ name, value }: { name: string; value: string }): React.ReactElement => {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      <dt className={styles.detail}>{name}</dt>
      <dd className={styles.value}>{value}</dd>
    </div>
  );
};

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    padding: theme.spacing(1),
    fontSize: theme.typography.bodySmall.fontSize,
    minWidth: 190,
    maxWidth: 420,
    whiteSpace: 'normal',
  }),
  head: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2), fontWeight: 500, marginBottom: theme.spacing(0.5) }),
  weak: css({ color: theme.colors.text.secondary }),
  rows: css({ margin: 0, padding: theme.spacing(0.5, 0), borderTop: `1px solid ${theme.colors.border.weak}` }),
  row: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2) }),
  name: css({ fontWeight: 500, overflowWrap: 'anywhere' }),
  detail: css({ fontWeight: 400, color: theme.colors.text.secondary, paddingLeft: theme.spacing(2) }),
  value: css({ margin: 0, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }),
  swatch: css({ display: 'inline-block', width: 12, height: 4, borderRadius: 2, marginRight: theme.spacing(0.5), verticalAlign: 'middle' }),
  alarm: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2), color: theme.colors.error.text, fontWeight: 500 }),
  note: css({ borderTop: `1px solid ${theme.colors.border.weak}`, paddingTop: theme.spacing(0.5) }),
  link: css({ display: 'block', color: theme.colors.text.link, paddingTop: theme.spacing(0.5) }),
});
