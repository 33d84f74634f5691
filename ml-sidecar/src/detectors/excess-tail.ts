/** Share of the distances that lie below the level from which the tail is fitted. */
const LEVEL = 0.98;
/** Distances before the tail says more than its prior. */
const WARM_UP = 300;
/** How fast the level moves, as a share of itself per value: the gain over the values seen, and never slower than this. */
const GAIN = 10;
const SLOWEST = 0.002;
/** Weight of the newest excess in the moments, at the least. */
const MEMORY = 0.01;
/** Tails heavier than this are taken for incidents, not for the way of the series. */
const HEAVIEST = 0.4;

const COUNT = 0;
const QUANTILE = 1;
const EXCESSES = 2;
const MEAN = 3;
const SQUARE = 4;
/** Numbers that one tail keeps in a state vector. */
export const EXCESS_TAIL_LENGTH = 5;

/**
 * The distance that is passed by one value in `1 / chance`, by the generalised Pareto distribution of what exceeds the 98 %
 * quantile (peaks over threshold; Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017), fitted by
 * its moments (Hosking and Wallis 1987). At least `least`, which alone holds until the tail has seen enough.
 */
export function rareDistance(state: Float64Array, at: number, chance: number, least: number): number {
  if (state[at + COUNT] < WARM_UP || state[at + EXCESSES] < 3) return Math.max(least, 2 * state[at + QUANTILE]);
  const mean = state[at + MEAN];
  const ratio = (mean * mean) / Math.max(state[at + SQUARE] - mean * mean, 1e-12 * mean * mean);
  const shape = Math.min(HEAVIEST, Math.max(0, 0.5 * (1 - ratio)));
  const scale = mean * (1 - shape);
  const odds = (1 - LEVEL) / chance;
  const beyond = shape < 1e-3 ? scale * Math.log(odds) : (scale / shape) * (odds ** shape - 1);
  return Math.max(least, state[at + QUANTILE] + Math.max(0, beyond));
}

/** Takes one distance (≥ 0) up. What lies past `trusted` is cut there: an incident must not lift its own threshold. */
export function learnExcess(state: Float64Array, at: number, distance: number, trusted: number): void {
  const count = ++state[at + COUNT];
  const cut = Math.min(distance, trusted);
  const quantile = state[at + QUANTILE];
  if (count <= 20) {
    state[at + QUANTILE] = Math.max(quantile, cut);
    return;
  }
  // Robbins and Monro (1951), in steps relative to the quantile, so that the scale of the series does not matter.
  const move = cut > quantile ? LEVEL : LEVEL - 1;
  state[at + QUANTILE] = Math.max(0, quantile * (1 + GAIN * Math.max(SLOWEST, 1 / count) * move));
  if (cut <= quantile) return;
  const excess = cut - quantile;
  const rate = Math.max(MEMORY, 1 / ++state[at + EXCESSES]);
  state[at + MEAN] += rate * (excess - state[at + MEAN]);
  state[at + SQUARE] += rate * (excess * excess - state[at + SQUARE]);
}
