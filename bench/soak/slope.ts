import { quantileOf } from '../bench.ts';

/** A straight line through values over time. */
export interface Trend {
  readonly mean: number;
  /** Growth over the whole window by the line, as a share of the mean, and the 95 % interval around it. */
  readonly growth: number;
  readonly low: number;
  readonly high: number;
}

/** Student's t at 97.5 % of the usual tables, from 8 degrees of freedom on: blocks less two. */
const student = [2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101];
const LEAST = 10;
const MOST = 20;

/**
 * Least squares through the means of up to 20 blocks of `values` (at even times): neighbours depend on each other, as between two
 * garbage collections, and blocks hardly do, so that the interval is not too narrow. Throws a RangeError for fewer than 10 values.
 */
export function trendOf(values: readonly number[]): Trend {
  if (values.length < LEAST) throw new RangeError(`got ${values.length} values, want at least ${LEAST}`);
  const count = Math.min(MOST, values.length);
  const blocks = Array.from({ length: count }, (_, i) =>
    meanOf(values.slice(Math.round((i * values.length) / count), Math.round(((i + 1) * values.length) / count))),
  );
  const mean = meanOf(blocks);
  const middle = (count - 1) / 2;
  let [sxx, sxy] = [0, 0];
  blocks.forEach((value, i) => {
    sxx += (i - middle) ** 2;
    sxy += (i - middle) * (value - mean);
  });
  const slope = sxy / sxx;
  const rest = blocks.reduce((sum, value, i) => sum + (value - mean - slope * (i - middle)) ** 2, 0);
  const error = student[count - LEAST] * Math.sqrt(rest / (count - 2) / sxx);
  const share = (each: number): number => (each * count) / mean;
  return { mean, growth: share(slope), low: share(slope - error), high: share(slope + error) };
}

/** Medians of so many windows of `values`, which leave out what passes, as an answer that is being sent. */
export function mediansOf(values: readonly number[], windows = MOST): readonly number[] {
  return Array.from({ length: windows }, (_, i) =>
    quantileOf(values.slice(Math.round((i * values.length) / windows), Math.round(((i + 1) * values.length) / windows)), 0.5),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
