import { factorCholesky, solveFactored } from '../stats/cholesky.ts';
import { DAY_SECONDS, WEEK_SECONDS } from '../stats/seasons.ts';

/** What every series on the same grid shares: the columns of the regression and their products. */
export interface ProphetGrid {
  readonly count: number;
  readonly step: number;
  /** Angle of one step for each Fourier pair, radians. */
  readonly angles: readonly number[];
  /** Sine and cosine of each pair at each sample: `waves[column * count + i]`, angles counted from the first sample. */
  readonly waves: Float64Array;
  /** Samples after which the slope may change. */
  readonly changes: Int32Array;
  /** Columns drawn to zero by squares: one, time, waves. The changes of slope come after them. */
  readonly smooth: number;
  /** Lower triangle of X'X in rows of `smooth + changes.length`. */
  readonly gram: Float64Array;
  /** The regression with the smooth columns solved for, where every sample is known. */
  readonly reduced: ReducedGram;
}

/** X'X after the smooth columns have been solved for: what is left is a problem in the changes of slope alone. */
export interface ReducedGram {
  readonly smooth: number;
  readonly changes: number;
  /** Cholesky factor of the smooth part. */
  readonly factor: Float64Array;
  /** Smooth coefficients that stand for each change: rows of `smooth`. */
  readonly shares: Float64Array;
  /** What the smooth columns cannot say of the changes: rows of `changes`. */
  readonly rest: Float64Array;
}

const YEAR_SECONDS = 365.25 * DAY_SECONDS;
/** Prophet's own: seasons, their Fourier orders, and the span of history from which on each is learnt. */
const SEASONS = [
  { period: YEAR_SECONDS, order: 10, from: 2 * YEAR_SECONDS },
  { period: WEEK_SECONDS, order: 3, from: 2 * WEEK_SECONDS },
  { period: DAY_SECONDS, order: 4, from: 2 * DAY_SECONDS },
] as const;
/** Places at which the slope may change, evenly over the first part of the history. */
const CHANGES = 25;
const CHANGE_RANGE = 0.8;
/**
 * Weight of the priors N(0, 5) of level and slope and N(0, 10) of the waves, at a noise of a tenth of the range of the series. They
 * weigh next to nothing against some hundred samples, so that one weight serves series of any noise.
 */
const LEVEL_PULL = 0.01 / 25;
const WAVE_PULL = 0.01 / 100;

const MOST_GRIDS = 8;
const grids = new Map<string, ProphetGrid>();

/** The grid of `count` samples (at least two), one every `step` seconds; the few used last are kept. */
export function prophetGrid(count: number, step: number): ProphetGrid {
  const key = `${count} ${step}`;
  const grid = grids.get(key) ?? createGrid(count, step);
  grids.delete(key);
  grids.set(key, grid);
  for (const oldest of grids.keys()) {
    if (grids.size <= MOST_GRIDS) break;
    grids.delete(oldest);
  }
  return grid;
}

function createGrid(count: number, step: number): ProphetGrid {
  const angles = SEASONS.flatMap(({ period, order, from }) => {
    // A wave needs more than two samples.
    const most = count * step >= from ? Math.min(order, Math.ceil(period / step / 2) - 1) : 0;
    return Array.from({ length: Math.max(0, most) }, (_, k) => (2 * Math.PI * (k + 1) * step) / period);
  });
  const waves = new Float64Array(2 * angles.length * count);
  angles.forEach((angle, pair) => {
    for (let i = 0; i < count; i++) {
      waves[2 * pair * count + i] = Math.sin(angle * i);
      waves[(2 * pair + 1) * count + i] = Math.cos(angle * i);
    }
  });
  const reach = Math.floor(CHANGE_RANGE * count) - 1;
  const places = Math.max(0, Math.min(CHANGES, reach));
  const changes = Int32Array.from({ length: places }, (_, j) => Math.round((reach * (j + 1)) / places));
  const smooth = 2 + 2 * angles.length;
  const size = smooth + places;
  const gram = new Float64Array(size * size);
  const shape = { count, step, angles, waves, changes, smooth };
  const row = new Float64Array(size);
  for (let i = 0; i < count; i++) addRow(gram, writeRow(shape, i, row), 1);
  return { ...shape, gram, reduced: reduceGram(gram, smooth, places) };
}

/** Fills `row` with sample `i` of each column. */
export function writeRow(
  { count, waves, changes, smooth }: Pick<ProphetGrid, 'count' | 'waves' | 'changes' | 'smooth'>,
  i: number,
  row: Float64Array,
): Float64Array {
  row[0] = 1;
  row[1] = i / (count - 1);
  for (let column = 2; column < smooth; column++) row[column] = waves[(column - 2) * count + i];
  for (let j = 0; j < changes.length; j++) row[smooth + j] = Math.max(0, i - changes[j]) / (count - 1);
  return row;
}

/** Adds `times` the products of `row` with itself to the lower triangle. */
export function addRow(gram: Float64Array, row: Float64Array, times: number): void {
  const size = row.length;
  for (let a = 0; a < size; a++) {
    const part = times * row[a];
    if (part !== 0) for (let b = 0; b <= a; b++) gram[a * size + b] += part * row[b];
  }
}

/** Solves the first `smooth` columns out of X'X (lower triangle, rows of `smooth + changes`). */
export function reduceGram(gram: Float64Array, smooth: number, changes: number): ReducedGram {
  const size = smooth + changes;
  const factor = new Float64Array(smooth * smooth);
  for (let a = 0; a < smooth; a++) {
    for (let b = 0; b <= a; b++) factor[a * smooth + b] = gram[a * size + b];
    factor[a * smooth + a] += a < 2 ? LEVEL_PULL : WAVE_PULL;
  }
  factorCholesky(factor, smooth);
  const shares = new Float64Array(changes * smooth);
  const rest = new Float64Array(changes * changes);
  for (let j = 0; j < changes; j++) {
    const share = shares.subarray(j * smooth, (j + 1) * smooth);
    for (let a = 0; a < smooth; a++) share[a] = gram[(smooth + j) * size + a];
    solveFactored(factor, share, smooth);
    for (let k = 0; k <= j; k++) {
      let sum = gram[(smooth + j) * size + smooth + k];
      for (let a = 0; a < smooth; a++) sum -= share[a] * gram[(smooth + k) * size + a];
      rest[j * changes + k] = sum;
      rest[k * changes + j] = sum;
    }
  }
  return { smooth, changes, factor, shares, rest };
}
