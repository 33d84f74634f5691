import { normalQuantile } from '../stats/normal.ts';

/**
 * Quantiles at the `wanted` levels, from those at `levels` (ascending, two or more), for each step: linear in normal scores between
 * two levels, and on as a normal distribution would beyond the outermost. Rows of `steps` values.
 */
export function atLevels(
  levels: readonly number[],
  rows: readonly ArrayLike<number>[],
  steps: number,
  wanted: readonly number[],
): readonly Float64Array[] {
  const scores = levels.map(normalQuantile);
  return wanted.map((level) => {
    const score = normalQuantile(level);
    let below = 0;
    while (below < scores.length - 2 && score > scores[below + 1]) below++;
    const share = (score - scores[below]) / (scores[below + 1] - scores[below]);
    return Float64Array.from({ length: steps }, (_, h) => rows[below][h] + share * (rows[below + 1][h] - rows[below][h]));
  });
}
