import { medianInPlace } from './quantile.ts';

/** Makes the MAD of a normal distribution equal its standard deviation: 1 / Φ⁻¹(3/4). */
export const MAD_TO_DEVIATION = 1.482602218505602;

/**
 * Median absolute deviation of `values[0..count)` from their median, scaled to the standard deviation of a normal distribution.
 * Overwrites `values` with the absolute deviations, allocates nothing. NaN of nothing.
 */
export function madInPlace(values: Float64Array, count: number): number {
  const centre = medianInPlace(values, count);
  for (let i = 0; i < count; i++) values[i] = Math.abs(values[i] - centre);
  return MAD_TO_DEVIATION * medianInPlace(values, count);
}
