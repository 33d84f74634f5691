import type { Limit } from '../configuration/configuration.ts';
import { limitProbability, timeToLimit } from '../evaluate/time-to-limit.ts';
import type { Forecast } from '../stats/series.ts';
import type { WatchedSeries } from './watched-series.ts';

/** What lies ahead of one series for one of its limits. */
export interface LimitOutlook {
  readonly limit: string;
  /** Seconds from the asked time on, one for each asked quantile; Infinity where the limit is not passed within the horizon. */
  readonly seconds: readonly number[];
  /** Chance that the limit is passed within each asked horizon. */
  readonly probabilities: readonly number[];
}

/**
 * When and how likely a series passes its limits, seen from `now` (Unix seconds). A value past the limit already is 0 seconds away.
 * `horizons` in seconds. Empty where there is no forecast.
 */
export function outlookOf(
  series: WatchedSeries,
  limits: readonly Limit[],
  now: number,
  quantiles: readonly number[],
  horizons: readonly number[],
): readonly LimitOutlook[] {
  if (limits.length === 0) return [];
  const index = Math.floor(now / series.shape.step);
  return seenFrom(now, index * series.shape.step, fromGridTime(series, limits, index, quantiles, horizons));
}

/**
 * The same for one answer that somebody waits for: what was worked out for this grid time or for the one before will do, unless the value
 * has passed a limit since then, or come back. Once `most` seconds were spent on working out, what was worked out before that will do
 * too, and what never was is left out. `clock` in monotonic seconds.
 */
export function recentOutlooks(most: number, clock: () => number): typeof outlookOf {
  let left = most;
  return (...question) => {
    const [series, limits, now, quantiles, horizons] = question;
    const known = kept.get(series);
    const current = series.ring.at(series.lastFinite);
    if (known && isSame(known.asked, [limits, ...quantiles, ...horizons])) {
      const { step } = series.shape;
      const old = Math.floor(now / step) - known.index;
      const isAsBefore = limits.every((limit) => isPassed(limit, current) === isPassed(limit, known.current));
      if (isAsBefore && old >= 0 && (old <= 1 || left <= 0)) return seenFrom(now, known.index * step, known.outlooks);
    } else if (left <= 0) return [];
    const begun = clock();
    const found = outlookOf(...question);
    left -= clock() - begun;
    return found;
  };
}

/** Grid index from which the outlook of a series was worked out last; −1 before. */
export const outlookIndex = (series: WatchedSeries): number => kept.get(series)?.index ?? -1;

/** Outlooks from `origin` (Unix seconds) as they look at `now`. */
function seenFrom(now: number, origin: number, outlooks: readonly LimitOutlook[]): readonly LimitOutlook[] {
  const elapsed = now - origin;
  return outlooks.map(({ limit, seconds, probabilities }) => ({
    limit,
    seconds: seconds.map((each) => Math.max(0, each - elapsed)),
    probabilities,
  }));
}

/** What was worked out of a series last, and of what: paths are simulated, which takes a millisecond or more. */
interface Kept {
  /** Grid index seen from. */
  readonly index: number;
  /** Newest value. */
  readonly current: number;
  /** Both, and what else of the series counts. */
  readonly state: readonly unknown[];
  /** Limits, quantiles and horizons. */
  readonly asked: readonly unknown[];
  readonly outlooks: readonly LimitOutlook[];
}

const kept = new WeakMap<WatchedSeries, Kept>();

/** The same seen from a grid time, which is worked out once for as long as nothing changes. */
function fromGridTime(
  series: WatchedSeries,
  limits: readonly Limit[],
  index: number,
  quantiles: readonly number[],
  horizons: readonly number[],
): readonly LimitOutlook[] {
  const current = series.ring.at(series.lastFinite);
  const state = [index, current, series.forecasts.version, series.state(index) === 'unforecastable'];
  const asked = [limits, ...quantiles, ...horizons];
  const known = kept.get(series);
  if (known && isSame(known.state, state) && isSame(known.asked, asked)) return known.outlooks;
  const outlooks = workedOut(series, limits, index, quantiles, horizons);
  kept.set(series, { index, current, state, asked, outlooks });
  return outlooks;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => Object.is(each, b[i]));
}

/** Whether a value lies past a limit. */
function isPassed({ side, value }: Limit, current: number): boolean {
  return side === 'above' ? current > value : current < value;
}

function workedOut(
  series: WatchedSeries,
  limits: readonly Limit[],
  index: number,
  quantiles: readonly number[],
  horizons: readonly number[],
): readonly LimitOutlook[] {
  const forecast = forecastFrom(series, index);
  if (forecast === undefined) return [];
  const current = series.ring.at(series.lastFinite);
  return limits.map((limit) => {
    const wanted = limit.side === 'above' ? { above: limit.value } : { below: limit.value };
    if (isPassed(limit, current)) return { limit: limit.name, seconds: quantiles.map(() => 0), probabilities: horizons.map(() => 1) };
    return {
      limit: limit.name,
      seconds: [...timeToLimit(forecast, wanted, quantiles)],
      probabilities: horizons.map((horizon) => limitProbability(forecast, wanted, horizon)),
    };
  });
}

/** The forecast in force for the horizon after a grid index; nothing where there is none. */
export function forecastFrom(series: WatchedSeries, index: number): Forecast | undefined {
  const { step, levels, horizonSteps } = series.shape;
  const length = Math.min(horizonSteps, series.forecasts.last - index);
  if (!(length > 0) || Number.isNaN(series.forecasts.at(index + 1, 0))) return undefined;
  const rows = levels.map((_, level) => {
    const row = new Float64Array(length);
    for (let h = 0; h < length; h++) row[h] = series.forecasts.at(index + 1 + h, level);
    return row;
  });
  const unforecastable = series.state(index) === 'unforecastable';
  const { misses } = series;
  return { start: (index + 1) * step, step, levels, rows, unforecastable, ...(misses ? { misses } : {}) };
}
