import { quantileInPlace } from '../../stats/quantile.ts';
import type { Series } from '../../stats/series.ts';
import type { Expectation } from '../detector.ts';

/** What was expected of an anomalous value, how far it was missed, and what would explain it. In the unit of the series. */
export interface Explanation {
  readonly observed: number;
  readonly expected: Expectation;
  /** `observed − expected.value`. */
  readonly miss: number;
  /** The miss in typical distances. */
  readonly spreads: number;
  /** What would have expected this value, best first; the first explains it if its miss is below two spreads. */
  readonly readings: readonly Reading[];
  /** The first of the readings if it explains the value. */
  readonly explainedBy?: Reading;
}

/** One way to have expected the value. */
export type Reading =
  /** The value at this time a day or a week before. */
  | { readonly kind: 'yesterday' | 'last-week'; readonly value: number; readonly spreads: number }
  /** The series has been at another level since a time, with its season on top. */
  | { readonly kind: 'new-level'; readonly value: number; readonly spreads: number; readonly level: number; readonly since: number }
  /** It is what the series usually shows at another time of day. */
  | { readonly kind: 'other-time-of-day'; readonly value: number; readonly spreads: number; readonly secondOfDay: number };

const HOUR = 3600;
const DAY = 86_400;
/** A reading with a smaller miss explains the value. */
const EXPLAINS = 2;
/** A new level must have held for so long, seconds and values. */
const LEVEL_SECONDS = 1800;
const LEVEL_VALUES = 3;
/** Slots of the day that are compared. */
const SLOT = HOUR;
/** Days that the usual values of a time of day are taken from. */
const DAYS = 14;

/**
 * Explains the last value of `series` by what was `expected` of it. The series ends with the anomalous value; two weeks of it
 * are looked at, fewer where there are fewer. Gaps are passed over.
 */
export function explain(series: Series, expected: Expectation): Explanation {
  const last = series.values.length - 1;
  const observed = series.values[last];
  const miss = observed - expected.value;
  const inSpreads = (value: number): number => Math.abs(observed - value) / Math.max(expected.spread, Number.MIN_VALUE);
  const readings = [
    before(series, last, 'yesterday', DAY, inSpreads),
    before(series, last, 'last-week', 7 * DAY, inSpreads),
    newLevel(series, last, expected, inSpreads),
    otherTimeOfDay(series, last, observed, inSpreads),
  ]
    .filter((reading) => reading !== undefined)
    .sort((a, b) => a.spreads - b.spreads);
  const [best] = readings;
  return {
    observed,
    expected,
    miss,
    spreads: inSpreads(expected.value),
    readings,
    ...(best && best.spreads < EXPLAINS ? { explainedBy: best } : {}),
  };
}

type InSpreads = (value: number) => number;

function before(series: Series, last: number, kind: 'yesterday' | 'last-week', seconds: number, inSpreads: InSpreads): Reading | undefined {
  const value = series.values[last - Math.round(seconds / series.step)];
  return Number.isFinite(value) ? { kind, value, spreads: inSpreads(value) } : undefined;
}

/** The median miss of the run of values that all missed on the same side, where that run is long enough to be a level. */
function newLevel(series: Series, last: number, expected: Expectation, inSpreads: InSpreads): Reading | undefined {
  const side = Math.sign(series.values[last] - expected.value);
  let first = last;
  const most = Math.max(LEVEL_VALUES, Math.round(DAY / series.step));
  while (first > 0 && last - first < most && (series.values[first - 1] - expected.level) * side > expected.spread) first--;
  const count = last - first;
  if (count + 1 < LEVEL_VALUES || (count + 1) * series.step < LEVEL_SECONDS) return undefined;
  const run = series.values.slice(first, last);
  const level = quantileInPlace(run, run.length, 0.5);
  return { kind: 'new-level', value: level, spreads: inSpreads(level), level, since: series.start + first * series.step };
}

/** The hour of the day whose usual value comes nearest, unless it is the present one. */
function otherTimeOfDay(series: Series, last: number, observed: number, inSpreads: InSpreads): Reading | undefined {
  const slots = Array.from({ length: DAY / SLOT }, (): number[] => []);
  const from = Math.max(0, last - Math.round((DAYS * DAY) / series.step));
  for (let i = from; i < last; i++) {
    if (Number.isFinite(series.values[i])) slots[slotOf(series, i)].push(series.values[i]);
  }
  const usual = slots.map((values) => quantileInPlace(Float64Array.from(values), values.length, 0.5));
  let nearest = -1;
  for (const [slot, value] of usual.entries()) {
    if (Number.isNaN(value)) continue;
    if (nearest < 0 || Math.abs(observed - value) < Math.abs(observed - usual[nearest])) nearest = slot;
  }
  if (nearest < 0 || nearest === slotOf(series, last)) return undefined;
  return { kind: 'other-time-of-day', value: usual[nearest], spreads: inSpreads(usual[nearest]), secondOfDay: nearest * SLOT };
}

function slotOf(series: Series, index: number): number {
  const time = series.start + index * series.step;
  const local = series.wallOffset ? time + series.wallOffset(time) : time;
  return Math.floor((local - DAY * Math.floor(local / DAY)) / SLOT);
}
