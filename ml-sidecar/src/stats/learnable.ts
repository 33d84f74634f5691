import type { Series } from './series.ts';

/** Beyond this a value is a fault of its source: its differences would overflow. Counts as a gap. */
const LARGEST = 1e300;

/** Weight below which a value teaches nothing and counts as a gap to models that know no weights. */
const LEAST_WEIGHT = 0.5;

/** A stretch of little weight that still goes on after this many seconds is where the series now is, be it good or bad. */
const STILL_SECONDS = 21_600;
/** One that has ended was a way of life, not an outage, if it lasted this long. */
const ENDED_SECONDS = 172_800;

/**
 * Copies the values of `series` that may teach a model into the front of `into`, NaN for the others; returns how many are left.
 * `into` must hold `series.values.length`. What has little weight does not teach, unless it lasts: six hours at the end of the
 * series, two days elsewhere. So an outage is not learnt, and a new level is.
 */
export function copyLearnable(series: Series, into: Float64Array): number {
  const { values, weights, step } = series;
  const length = values.length;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    // What is no number compares as false.
    const known = value <= LARGEST && value >= -LARGEST;
    into[i] = known ? value : NaN;
    if (known) count++;
  }
  return weights === undefined ? count : count - forgetDoubt(weights, step, into, length);
}

/** Puts NaN in place of stretches of little weight that do not last; returns how many known values went. */
function forgetDoubt(weights: Float64Array, step: number, into: Float64Array, length: number): number {
  let gone = 0;
  for (let i = 0; i < length; i++) {
    if (weights[i] >= LEAST_WEIGHT) continue;
    const end = endOfDoubt(weights, i);
    const lasts = (end - i) * step >= (end === length ? STILL_SECONDS : ENDED_SECONDS);
    for (let k = lasts ? end : i; k < end; k++) {
      if (!Number.isNaN(into[k])) gone++;
      into[k] = NaN;
    }
    i = end - 1;
  }
  return gone;
}

/** The value itself, NaN where it can only be a fault of its source. */
export function plausible(value: number): number {
  return Math.abs(value) <= LARGEST ? value : NaN;
}

/** Index after the stretch of little weight that begins at `from`. */
function endOfDoubt(weights: Float64Array, from: number): number {
  let end = from;
  while (end < weights.length && weights[end] < LEAST_WEIGHT) end++;
  return end;
}

/** Throws a RangeError where `count` learnable values are fewer than `model` wants. */
export function requireSamples(model: string, count: number, wanted: number): void {
  if (count < wanted) throw new RangeError(`${model}: got ${count} usable samples, want at least ${wanted}`);
}
