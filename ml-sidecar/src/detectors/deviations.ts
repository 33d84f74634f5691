/** Share of the mean variance that is added to each, so that metrics which always move together do not divide by nothing. */
const RIDGE = 0.5;
/** Least variance that the ridge is measured by. */
const LEAST_VARIANCE = 0.1;
/** Deviations are cut here: one wild metric is the business of its own score. */
const CUT = 8;
/** Learned values that the first covariance is worth. */
const PRIOR_COUNT = 20;
/** Squared distance from which a moment weighs less. */
const TRUSTED = 4;

/**
 * How unusual many deviations are together, given how they usually go together: Mahalanobis' distance with a covariance that
 * is learned as values come, kept as lower triangles so that a new metric is a new last row (Mahalanobis 1936; the ridge is the
 * linear shrinkage of Ledoit and Wolf 2004 with a fixed share).
 */
export interface Deviations {
  /** Metrics known. */
  size: number;
  /** Moments learned. */
  count: number;
  /** Lower triangle of the covariance, by rows. */
  covariance: Float64Array;
  /** Lower triangle of the inverse in use, by rows; the covariance has moved on since. */
  inverse: Float64Array;
}

/** Nothing known yet. */
export function noDeviations(): Deviations {
  return { size: 0, count: 0, covariance: new Float64Array(0), inverse: new Float64Array(0) };
}

/** Numbers in the lower triangle of a square of `size`. */
export function triangle(size: number): number {
  return (size * (size + 1)) / 2;
}

/** Adds a metric that goes with no other, as far as is known. */
export function addMetric(deviations: Deviations): void {
  const size = ++deviations.size;
  deviations.covariance = grown(deviations.covariance, size, 1);
  deviations.inverse = grown(deviations.inverse, size, 1 / (1 + RIDGE));
}

/** Keeps the metrics `kept` (ascending indices) alone. */
export function keepMetrics(deviations: Deviations, kept: readonly number[]): void {
  deviations.covariance = picked(deviations.covariance, kept);
  deviations.size = kept.length;
  invert(deviations);
}

/**
 * Root of the mean squared distance of `deviations[0..size)`, each cut at ±8 and a missing metric being 0, per metric of
 * `present`. About 1 where all is as usual.
 */
export function distanceOf(known: Deviations, deviations: Float64Array, present: number): number {
  let sum = 0;
  for (let row = 0, at = 0; row < known.size; row++) {
    const value = cut(deviations[row]);
    let across = 0;
    for (let column = 0; column < row; column++) across += known.inverse[at++] * cut(deviations[column]);
    sum += value * (2 * across + known.inverse[at++] * value);
  }
  return Math.sqrt(Math.max(0, sum) / Math.max(1, present));
}

/** Takes a moment up at `rate`, one that lies at a large `distance` weighing little. */
export function learnDeviations(known: Deviations, deviations: Float64Array, distance: number, rate: number): void {
  known.count++;
  const weight = Math.max(rate, 1 / (known.count + PRIOR_COUNT)) * Math.min(1, TRUSTED / (distance * distance + 1e-9));
  for (let row = 0, at = 0; row < known.size; row++) {
    const value = cut(deviations[row]);
    for (let column = 0; column <= row; column++, at++) {
      known.covariance[at] += weight * (value * cut(deviations[column]) - known.covariance[at]);
    }
  }
}

/** Brings the inverse up to the covariance, by Cholesky's decomposition. */
export function invert(known: Deviations): void {
  const { size } = known;
  let trace = 0;
  for (let i = 0; i < size; i++) trace += known.covariance[triangle(i) + i];
  const root = choleskyOf(known.covariance, size, RIDGE * Math.max(trace / Math.max(1, size), LEAST_VARIANCE));
  const solution = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    solution.fill(0);
    for (let i = column; i < size; i++) {
      let rest = i === column ? 1 : 0;
      for (let k = column; k < i; k++) rest -= root[triangle(i) + k] * solution[k];
      solution[i] = rest / root[triangle(i) + i];
    }
    for (let i = size - 1; i >= column; i--) {
      let rest = solution[i];
      for (let k = i + 1; k < size; k++) rest -= root[triangle(k) + i] * solution[k];
      solution[i] = rest / root[triangle(i) + i];
      known.inverse[triangle(i) + column] = solution[i];
    }
  }
}

function choleskyOf(lower: Float64Array, size: number, ridge: number): Float64Array {
  const root = new Float64Array(lower.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = lower[triangle(i) + j] + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) rest -= root[triangle(i) + k] * root[triangle(j) + k];
      root[triangle(i) + j] = i === j ? Math.sqrt(Math.max(rest, 1e-9)) : rest / root[triangle(j) + j];
    }
  }
  return root;
}

function grown(lower: Float64Array, size: number, diagonal: number): Float64Array {
  const larger = new Float64Array(triangle(size));
  larger.set(lower);
  larger[larger.length - 1] = diagonal;
  return larger;
}

function picked(lower: Float64Array, kept: readonly number[]): Float64Array {
  const smaller = new Float64Array(triangle(kept.length));
  let at = 0;
  for (const [i, row] of kept.entries()) {
    for (let j = 0; j <= i; j++) smaller[at++] = lower[triangle(row) + kept[j]];
  }
  return smaller;
}

function cut(value: number): number {
  return value > CUT ? CUT : value < -CUT ? -CUT : value;
}
