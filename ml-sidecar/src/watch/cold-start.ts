import { lastValue } from '../forecasters/last-value.ts';
import type { Forecast, Series } from '../stats/series.ts';
import type { Labels } from './labels.ts';

/** Finite values that a first forecast needs, on whatever grid. */
export const leastSamples = 30;

/** A series that is too young for the watch's own grid, on a finer one. */
export interface FirstLook {
  readonly labels: Labels;
  readonly series: Series;
}

/** How many parts a step may be split into for a first look; coarse first, because coarse values say more about tomorrow. */
const splits: readonly number[] = [4, 20, 60];

/** The finest grid that a first look may use: seconds; `undefined` where the step is too short to be split. */
export function finestStep(step: number): number | undefined {
  return finerSteps(step).at(-1);
}

/**
 * Coarsest finer grid on which `fine` (on the finest one) holds enough finite values for a first forecast, or nothing if none does.
 */
export function coarsestUsable(fine: Series, step: number): Series | undefined {
  for (const candidate of finerSteps(step)) {
    const thinned = thin(fine, Math.round(candidate / fine.step));
    if (thinned.values.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0) >= leastSamples) return thinned;
  }
  return undefined;
}

/**
 * A first forecast of `steps` steps on the grid of `step` seconds, from a series on a grid that divides it: the last value, with
 * bands that widen by what the few values show, within `bounds`. Throws a RangeError where there are too few values.
 */
export function coldForecast(
  fine: Series,
  step: number,
  steps: number,
  levels: readonly number[],
  [lowest, highest]: readonly [number, number],
): Forecast {
  const stride = Math.round(step / fine.step);
  const origin = fine.start + (fine.values.length - 1) * fine.step;
  const start = (Math.floor(origin / step) + 1) * step;
  const offset = Math.round((start - origin) / fine.step) - 1;
  const forecast = lastValue.fit(fine).forecast(offset + (steps - 1) * stride + 1, levels);
  const rows = forecast.rows.map((row) =>
    Float64Array.from({ length: steps }, (_, i) => Math.min(highest, Math.max(lowest, row[offset + i * stride]))),
  );
  return { start, step, levels, rows };
}

function finerSteps(step: number): readonly number[] {
  return splits.map((split) => step / split).filter((seconds) => Number.isInteger(seconds));
}

/** Every `stride`-th value, counted from the newest backwards on multiples of the new step. */
function thin(series: Series, stride: number): Series {
  const step = series.step * stride;
  const first = Math.ceil(series.start / step) * step;
  const offset = Math.round((first - series.start) / series.step);
  const length = Math.max(0, Math.floor((series.values.length - 1 - offset) / stride) + 1);
  return { start: first, step, values: Float64Array.from({ length }, (_, i) => series.values[offset + i * stride]) };
}
