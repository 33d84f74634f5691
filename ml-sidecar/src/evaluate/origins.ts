/**
 * Indices of the last sample seen by up to `count` backtests inside a series of `length` samples: evenly spaced, none before
 * `least` samples, each with something after it, the last one `horizon` steps (or an eighth of the series) before the end.
 */
export function heldBackOrigins(length: number, horizon: number, least: number, count: number): number[] {
  const last = length - 1 - Math.max(1, Math.min(horizon, length >> 3));
  const first = Math.max(least - 1, Math.min(Math.floor(0.6 * length), last));
  if (last < first) return [];
  const origins = new Set<number>();
  for (let k = 0; k < count; k++) origins.add(count === 1 ? last : Math.round(first + ((last - first) * k) / (count - 1)));
  return [...origins];
}
