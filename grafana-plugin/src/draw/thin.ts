import { firstAfter, firstAtOrAfter } from '../model/track.ts';

/** Two edges over time (ms), thinned: one entry a pixel column at most. NaN in `upper` ends a run. */
export interface Columns {
  readonly times: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Thins two edges to one entry for each column of `width` ms, its extremes: samples that lie denser cannot be told apart. Columns
 * begin at multiples of their width, so that a picture moved along the time axis keeps them. Edges that are sparse already stay as
 * they are. A line has twice the same edge.
 */
export function thin(edges: Columns, width: number): Columns {
  const { times } = edges;
  const span = times.length < 2 ? Infinity : times[times.length - 1]! - times[0]!;
  if (times.length * width < span) return edges;
  const kept = new Float64Array(times.length);
  const [lower, upper] = [new Float64Array(times.length), new Float64Array(times.length)];
  let last = -1;
  let column = NaN;
  for (let index = 0; index < times.length; index++) {
    const [low, high] = [edges.lower[index]!, edges.upper[index]!];
    const isGap = Number.isNaN(low) || Number.isNaN(high);
    const here = isGap ? NaN : Math.floor(times[index]! / width);
    if (here === column) {
      if (low < lower[last]!) lower[last] = low;
      if (high > upper[last]!) upper[last] = high;
      continue;
    }
    if (isGap && (last < 0 || Number.isNaN(upper[last]!))) continue;
    last++;
    kept[last] = times[index]!;
    lower[last] = isGap ? NaN : low;
    upper[last] = isGap ? NaN : high;
    column = here;
  }
  return { times: kept.slice(0, last + 1), lower: lower.slice(0, last + 1), upper: upper.slice(0, last + 1) };
}

/** The part of thinned edges from `from` to `to` (ms) and one entry beyond either end, so that lines run out of the picture. */
export function within({ times, lower, upper }: Columns, from: number, to: number): Columns {
  const start = Math.max(0, firstAtOrAfter(times, from) - 1);
  const end = Math.min(times.length, firstAfter(times, to) + 1);
  return { times: times.subarray(start, end), lower: lower.subarray(start, end), upper: upper.subarray(start, end) };
}

/**
 * Which points a straight-edged line needs, so that no point left out lies farther than `tolerance` above or below it: their indexes,
 * ascending. `xs` must rise. One pass with a cone of slopes that still meet every point since the last kept one (J. Sklansky and
 * V. Gonzalez, "Fast polygonal approximation of digitized curves", Pattern Recognition 12, 1980).
 */
export function simplify(xs: Float64Array, ys: Float64Array, tolerance: number): Int32Array {
  const kept = new Int32Array(xs.length);
  if (xs.length === 0) return kept;
  let count = 1;
  let anchor = 0;
  let [low, high] = [-Infinity, Infinity];
  for (let index = 1; index < xs.length; index++) {
    const slope = (ys[index]! - ys[anchor]!) / (xs[index]! - xs[anchor]!);
    if (slope < low || slope > high) {
      anchor = index - 1;
      kept[count++] = anchor;
      low = -Infinity;
      high = Infinity;
    }
    const run = xs[index]! - xs[anchor]!;
    const rise = ys[index]! - ys[anchor]!;
    low = Math.max(low, (rise - tolerance) / run);
    high = Math.min(high, (rise + tolerance) / run);
  }
  if (xs.length > 1) kept[count++] = xs.length - 1;
  return kept.subarray(0, count);
}
