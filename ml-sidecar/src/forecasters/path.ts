import type { Forecast } from '../stats/series.ts';
import { placeOf, SPREAD_LEVELS } from '../stats/spread.ts';
import type { FittedForecaster } from './forecaster.ts';
import { inOrder } from './horizon-spread.ts';

/** Quantiles of the future at the spread levels: `rows[level * steps + h]`, h counting from 0. */
export interface Path {
  /** Time of the first column, Unix seconds. */
  readonly start: number;
  readonly step: number;
  readonly steps: number;
  readonly rows: Float64Array;
  /** Samples a day, for steps past the end of the path. */
  readonly day: number;
}

/**
 * A forecaster that has already said all it can: other levels are interpolated in normal scores, later steps repeat the last day
 * of the path with a spread that widens as a random walk of days.
 */
export function alongPath(path: Path): FittedForecaster {
  const { start, step } = path;
  return {
    forecast: (steps, levels): Forecast => ({
      start,
      step,
      levels: [...levels],
      rows: inOrder(levels.map((level) => rowOf(path, steps, level))),
    }),
  };
}

const MIDDLE = SPREAD_LEVELS.indexOf(0.5);

function rowOf(path: Path, steps: number, level: number): Float64Array {
  const { rows, steps: known } = path;
  const row = new Float64Array(steps);
  const { index, share } = placeOf(level);
  const lower = index * known;
  const upper = lower + known;
  const near = Math.min(steps, known);
  for (let h = 0; h < near; h++) row[h] = (1 - share) * rows[lower + h] + share * rows[upper + h];
  const season = Math.min(path.day, known);
  for (let h = near; h < steps; h++) {
    const days = Math.ceil((h + 1 - known) / season);
    const from = h - days * season;
    const centre = rows[MIDDLE * known + from];
    row[h] = centre + Math.sqrt(1 + days) * (row[from] - centre);
  }
  return row;
}

/** Sorts the spread levels of one step, in place: `rows[level * steps + h]`. Insertion sort, seven values that nearly ascend. */
export function orderStep(rows: Float64Array, steps: number, h: number): void {
  for (let i = 1; i < SPREAD_LEVELS.length; i++) {
    const value = rows[i * steps + h];
    let j = i - 1;
    while (j >= 0 && rows[j * steps + h] > value) {
      rows[(j + 1) * steps + h] = rows[j * steps + h];
      j--;
    }
    rows[(j + 1) * steps + h] = value;
  }
}
