import type { JSX } from 'preact';
import { bandName } from '../../../grafana-plugin/src/model/bands.ts';
import type { MomentOfSeries } from '../../../grafana-plugin/src/model/reading.ts';
import { distanceText } from '../../../grafana-plugin/src/distance.ts';
import { timeText } from './clock.ts';
import type { Unit } from './unit.ts';

/** What the cursor points at, and where it stands in its chart, in CSS pixels. */
export interface Pointed {
  /** Milliseconds. */
  readonly time: number;
  readonly moments: readonly MomentOfSeries[];
  readonly left: number;
  readonly top: number;
}

interface Props {
  readonly pointed: Pointed;
  readonly now: number;
  readonly unit: Unit;
  /** Of the chart. */
  readonly width: number;
}

/** Series in one tooltip. */
const mostShown = 6;
const gap = 14;

/** Beside the cursor: what was, what was expected, and the bands, for each series at that time. */
export const ChartTooltip = ({ pointed, now, unit, width }: Props): JSX.Element => {
  const shown = pointed.moments.slice(0, mostShown);
  const more = pointed.moments.length - shown.length;
  const isShort = shown.length > 2;
  const onLeft = pointed.left > width / 2;
  const style = onLeft
    ? { right: `${width - pointed.left + gap}px`, top: `${pointed.top}px` }
    : { left: `${pointed.left + gap}px`, top: `${pointed.top}px` };
  return (
    <div class="tooltip" style={style} aria-hidden="true">
      <div class="tooltip-head">
        <span>{timeText(pointed.time, true)}</span>
        <span class="weak">{distanceText(pointed.time, now)}</span>
      </div>
      {shown.map((moment) => (
        <Moment key={moment.series.id} moment={moment} isShort={isShort} unit={unit} />
      ))}
      {more > 0 && <div class="weak">and {more} more</div>}
    </div>
  );
};

const Moment = ({ moment, isShort, unit }: { moment: MomentOfSeries; isShort: boolean; unit: Unit }): JSX.Element => {
  const { series, actual, expected, bands, isAnomalous, direction } = moment;
  const shownBands = isShort ? bands.slice(0, 1) : bands;
  return (
    <dl>
      <div>
        <dt class="tooltip-name">
          <span class="swatch" style={{ background: series.color }} />
          {series.title}
        </dt>
        <dd>{Number.isNaN(actual) ? '' : unit.text(actual)}</dd>
      </div>
      {!Number.isNaN(expected) && <Row name="expected" value={unit.text(expected)} />}
      {shownBands.map((band) => (
        <Row key={bandName(band)} name={bandName(band)} value={`${unit.text(band.lower)} – ${unit.text(band.upper)}`} />
      ))}
      {isAnomalous && (
        <div class="alarm">
          <dt>{direction < 0 ? '▼ below what was expected' : '▲ above what was expected'}</dt>
          <dd />
        </div>
      )}
    </dl>
  );
};

const Row = ({ name, value }: { name: string; value: string }): JSX.Element => (
  <div>
    <dt class="tooltip-detail">{name}</dt>
    <dd>{value}</dd>
  </div>
);
