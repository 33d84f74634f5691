import type { Series } from './series.ts';

/** Beyond this a value is a fault of its source: its differences would overflow. Counts as a gap. */
const LARGEST = 1e300;

/** Weight below which a value teaches nothing and counts as a gap to models that know no weights. */
const LEAST_WEIGHT = 0.5;

/**
 * Copies the values of `series` that may teach a model into the front of `into`, NaN for the others; returns how many are left.
 * `into` must hold `series.values.length`.
 */
export function copyLearnable(series: Series, into: Float64Array): number {
  const { values, weights } = series;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const known = Math.abs(value) <= LARGEST && (weights === undefined || weights[i] >= LEAST_WEIGHT);
    into[i] = known ? value : NaN;
    if (known) count++;
  }
  return count;
}

/** Throws a RangeError where `count` learnable values are fewer than `model` wants. */
export function requireSamples(model: string, count: number, wanted: number): void {
  if (count < wanted) throw new RangeError(`${model}: got ${count} usable samples, want at least ${wanted}`);
}
