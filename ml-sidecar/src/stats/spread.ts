import { normalQuantile } from './normal.ts';
import { quantilesInPlace } from './quantile.ts';

/**
 * Levels at which a spread is held. Between them it is linear in normal scores, beyond the outermost it goes on as a normal
 * distribution would, so that any level can be asked for.
 */
export const SPREAD_LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975] as const;

const SCORES = SPREAD_LEVELS.map(normalQuantile);

/** Writes the quantiles of `values[0..count)` at the spread levels into `into[offset..offset + 7)`; zeros where there is nothing. Reorders `values`. */
export function writeSpread(values: Float64Array, count: number, into: Float64Array, offset: number): void {
  if (count > 0) quantilesInPlace(values, count, SPREAD_LEVELS, into, offset);
  else into.fill(0, offset, offset + SPREAD_LEVELS.length);
}

/** Value at `level` of the spread held in `spread[offset..offset + 7)`. Levels in (0, 1). */
export function spreadAt(spread: ArrayLike<number>, offset: number, level: number): number {
  const place = placeOf(level);
  const lower = spread[offset + place.index];
  return lower + place.share * (spread[offset + place.index + 1] - lower);
}

/** Where a level lies among the spread levels: between `index` and `index + 1`, at `share` of the way (outside [0, 1] in the tails). */
export interface LevelPlace {
  readonly index: number;
  readonly share: number;
}

/** Place of `level` among the spread levels, in normal scores. */
export function placeOf(level: number): LevelPlace {
  const score = normalQuantile(level);
  let index = 0;
  while (index < SCORES.length - 2 && score > SCORES[index + 1]) index++;
  return { index, share: (score - SCORES[index]) / (SCORES[index + 1] - SCORES[index]) };
}
