import { selectInPlace } from './select.ts';

/**
 * The quantile `level` of `values[0..count)`, by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
 * Reorders `values`, allocates nothing. NaN of nothing; the values must hold no NaN.
 */
export function quantileInPlace(values: Float64Array, count: number, level: number): number {
  if (count === 0) return NaN;
  const position = (count - 1) * level;
  const rank = Math.min(count - 1, Math.floor(position));
  const lower = selectInPlace(values, rank, count);
  const share = position - rank;
  if (share === 0 || rank + 1 >= count) return lower;
  let upper = values[rank + 1];
  for (let i = rank + 2; i < count; i++) if (values[i] < upper) upper = values[i];
  return lower + share * (upper - lower);
}

/**
 * Writes the quantiles of `values[0..count)` at the ascending `levels` into `into[offset..)`, each as `quantileInPlace` gives it;
 * reorders `values`. Several times faster than sorting.
 */
export function quantilesInPlace(values: Float64Array, count: number, levels: readonly number[], into: Float64Array, offset: number): void {
  selectBetween(values, count, levels, 0, levels.length, 0, count);
  for (let i = 0; i < levels.length; i++) {
    const position = (count - 1) * levels[i];
    const rank = rankOf(count, levels[i]);
    const share = position - rank;
    const lower = values[rank];
    let upper = lower;
    if (share > 0 && rank + 1 < count) {
      // The next larger value lies no farther than the next rank that has found its place.
      const settled = i + 1 < levels.length ? Math.max(rank + 1, rankOf(count, levels[i + 1])) : count - 1;
      upper = values[rank + 1];
      for (let k = rank + 2; k <= settled; k++) if (values[k] < upper) upper = values[k];
    }
    into[offset + i] = lower + share * (upper - lower);
  }
}

/** Brings the ranks of `levels[first..last)`, which lie in `values[low..high)`, to their places: the middle one, then either side. */
function selectBetween(
  values: Float64Array,
  count: number,
  levels: readonly number[],
  first: number,
  last: number,
  low: number,
  high: number,
): void {
  if (first >= last) return;
  const middle = (first + last) >> 1;
  const rank = rankOf(count, levels[middle]);
  selectInPlace(values, rank, Math.max(high, rank + 1), Math.min(low, rank));
  selectBetween(values, count, levels, first, middle, low, rank);
  selectBetween(values, count, levels, middle + 1, last, rank, high);
}

function rankOf(count: number, level: number): number {
  return Math.min(count - 1, Math.floor((count - 1) * level));
}

/** As `quantileInPlace`, of `sorted[0..count)` that already ascends. */
export function quantileSorted(sorted: ArrayLike<number>, count: number, level: number): number {
  if (count === 0) return NaN;
  const position = (count - 1) * level;
  const rank = Math.min(count - 1, Math.floor(position));
  const lower = sorted[rank];
  return rank + 1 < count ? lower + (position - rank) * (sorted[rank + 1] - lower) : lower;
}

/** The median of `values[0..count)`; reorders them. NaN of nothing. */
export function medianInPlace(values: Float64Array, count: number): number {
  return quantileInPlace(values, count, 0.5);
}
