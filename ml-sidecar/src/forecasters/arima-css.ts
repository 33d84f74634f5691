import { solveCholesky } from '../stats/cholesky.ts';
import { autoregression, isAdmissible, movingAverage, partsOf, sizeOf } from './arima-model.ts';
import type { ArimaCoefficients, ArimaOrder, Lags } from './arima-model.ts';

/** A series to be explained by its own past, without trend and season: what is left after differences. */
export interface Stationary {
  /** NaN is a gap. */
  readonly values: Float64Array;
  /** Shocks before this place count for nothing. */
  readonly from: number;
  /** Larger shocks are cut to this size and the value taken as if they had been; Infinity lets all be. */
  readonly clip: number;
}

/** One pass over a series: what surprised, and what the series was taken to be. */
export interface Filtered {
  /** One shock a sample, 0 in gaps and before `from`. */
  readonly shocks: Float64Array;
  /** Distance of the series from its mean, gaps filled by what was expected. */
  readonly centred: Float64Array;
  /** Samples that count. */
  readonly used: number;
  /** Sum of squares of the shocks. */
  readonly squares: number;
}

/** A least-squares estimate. */
export interface CssFit {
  readonly coefficients: ArimaCoefficients;
  readonly mean: number;
  readonly filtered: Filtered;
}

const ROUNDS = 12;
const MOST_HALVINGS = 6;
/** Relative gain below which a search ends: as near as can be, or near enough to compare orders. */
export const SETTLED = 1e-9;
export const ROUGHLY_SETTLED = 3e-5;

/** Runs the model over the series: each value is expected from those before it; what is left is a shock. */
export function filter(series: Stationary, order: ArimaOrder, coefficients: ArimaCoefficients, mean: number): Filtered {
  const { values, from, clip } = series;
  const count = values.length;
  const ar = autoregression(order, coefficients);
  const ma = movingAverage(order, coefficients);
  const reach = Math.max(0, ar.lags.at(-1) ?? 0, ma.lags.at(-1) ?? 0);
  // Room for what was before the first sample: nothing.
  const z = new Float64Array(reach + count);
  const e = new Float64Array(reach + count);
  let used = 0;
  let squares = 0;
  for (let t = reach; t < reach + count; t++) {
    const value = values[t - reach] - mean;
    const counts = t >= reach + from;
    const expected = counts || value !== value ? weighed(ar, z, t) + weighed(ma, e, t) : value;
    if (value !== value) {
      z[t] = expected;
      continue;
    }
    const shock = Math.max(-clip, Math.min(clip, value - expected));
    z[t] = expected + shock;
    if (!counts) continue;
    e[t] = shock;
    used++;
    squares += shock * shock;
  }
  return { shocks: e.subarray(reach), centred: z.subarray(reach), used, squares };
}

/** Sum of what the lags before `t` add. */
export function weighed({ lags, weights }: Lags, values: Float64Array, t: number): number {
  let sum = 0;
  for (let i = 0; i < lags.length; i++) sum += weights[i] * values[t - lags[i]];
  return sum;
}

/**
 * The coefficients and the mean of the least sum of squared shocks given the first values (conditional sum of squares; Box and
 * Jenkins, "Time Series Analysis", 1976, section 7.1), searched from `start` by the method of Gauss and Newton in the form of
 * Levenberg and Marquardt, until a round gains no more than the share `settled`. The slopes of the shocks are the shocks themselves run once more through each part of the model.
 */
export function fitCss(
  series: Stationary,
  order: ArimaOrder,
  start: { coefficients: ArimaCoefficients; mean: number },
  settled = SETTLED,
): CssFit {
  let { coefficients, mean } = start;
  let filtered = filter(series, order, coefficients, mean);
  let damping = 1e-3;
  for (let round = 0; round < ROUNDS; round++) {
    const { gram, right } = normalEquations(series, order, coefficients, filtered);
    let next: CssFit | null = null;
    for (let attempt = 0; attempt < MOST_HALVINGS && !next; attempt++, damping *= 8) {
      next = stepped(series, order, { coefficients, mean, filtered }, gram, right, damping);
    }
    if (!next) break;
    damping /= 64;
    const gained = filtered.squares - next.filtered.squares;
    ({ coefficients, mean, filtered } = next);
    if (gained <= settled * filtered.squares) break;
  }
  return { coefficients, mean, filtered };
}

/** The step that the normal equations propose, where it is admissible and gains; else null. */
function stepped(
  series: Stationary,
  order: ArimaOrder,
  from: CssFit,
  gram: Float64Array,
  right: Float64Array,
  damping: number,
): CssFit | null {
  const size = right.length;
  if (size === 0) return null;
  const a = gram.slice();
  const step = right.slice();
  for (let i = 0; i < size; i++) a[i * size + i] += damping * a[i * size + i] + 1e-12 * (1 + from.filtered.squares);
  solveCholesky(a, step, size);
  const coefficients = from.coefficients.map((value, i) => value + step[i]);
  const mean = order.mean ? from.mean + step[size - 1] : from.mean;
  if (!isAdmissible(order, coefficients)) return null;
  const filtered = filter(series, order, coefficients, mean);
  return filtered.squares < from.filtered.squares ? { coefficients, mean, filtered } : null;
}

/** J'J (lower triangle) and −J'e, J being the slopes of the shocks by coefficients and mean. */
function normalEquations(
  { from }: Stationary,
  order: ArimaOrder,
  coefficients: ArimaCoefficients,
  { shocks, centred }: Filtered,
): { gram: Float64Array; right: Float64Array } {
  const { ar, ma, sar, sma } = partsOf(order, coefficients);
  const { season } = order;
  const count = shocks.length;
  const surprises = movingAverage(order, coefficients);
  const sources = [
    { by: ar.length > 0 ? rerun(without(centred, sar, season), surprises, from) : centred, parts: ar.length, every: 1 },
    { by: rerun(shocks, powers(ma, 1), 0), parts: ma.length, every: 1 },
    { by: sar.length > 0 ? rerun(without(centred, ar, 1), surprises, from) : centred, parts: sar.length, every: season },
    { by: rerun(shocks, powers(sma, season), 0), parts: sma.length, every: season },
  ];
  const columns = sources.flatMap(({ by, parts, every }) => Array.from({ length: parts }, (_, i) => ({ by, lag: (i + 1) * every })));
  const size = columns.length + (order.mean ? 1 : 0);
  const one = (values: Float64Array, sign: number): number => values.reduce((sum, value) => sum + sign * value, 1);
  const constant = (one(ar, -1) * one(sar, -1)) / (one(ma, 1) * one(sma, 1));
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size).fill(constant);
  for (let t = from; t < count; t++) {
    // Gaps, and places before all lags are known, teach nothing.
    if (shocks[t] === 0 && centred[t] !== 0) continue;
    for (let c = 0; c < columns.length; c++) row[c] = t >= columns[c].lag ? columns[c].by[t - columns[c].lag] : 0;
    for (let a = 0; a < size; a++) {
      const slope = row[a];
      right[a] += slope * shocks[t];
      for (let b = 0; b <= a; b++) gram[a * size + b] += slope * row[b];
    }
  }
  return { gram, right };
}

/** The weights of one part at its lags. */
function powers(part: Float64Array, every: number): Lags {
  return { lags: Int32Array.from(part, (_, i) => (i + 1) * every), weights: part };
}

/** The values less what one autoregressive part expects of them. */
function without(values: Float64Array, part: Float64Array, every: number): Float64Array {
  return values.map((value, t) => {
    let left = value;
    for (let i = 0; i < part.length && (i + 1) * every <= t; i++) left -= part[i] * values[t - (i + 1) * every];
    return left;
  });
}

/** The values divided by 1 + what `weights` add of the past, from place `from` on. */
function rerun(values: Float64Array, { lags, weights }: Lags, from: number): Float64Array {
  if (lags.length === 0) return values;
  const into = values.slice();
  for (let t = from; t < into.length; t++) {
    let sum = values[t];
    for (let i = 0; i < lags.length && lags[i] <= t; i++) sum -= weights[i] * into[t - lags[i]];
    into[t] = sum;
  }
  return into;
}

/** Coefficients of no influence: where a search may begin. */
export function noCoefficients(order: ArimaOrder): ArimaCoefficients {
  return new Float64Array(sizeOf(order));
}
