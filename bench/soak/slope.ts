/** A straight line through values over time. */
export interface Trend {
  readonly mean: number;
  /** Growth over the whole window by the line, as a share of the mean, and the 95 % interval around it. */
  readonly growth: number;
  readonly low: number;
  readonly high: number;
}

/** Student's t at 97.5 % for 18 degrees of freedom, of the usual tables: 20 blocks less two. */
const STUDENT = 2.101;
const BLOCKS = 20;

/**
 * Least squares through the means of 20 blocks of `values` (at even times): neighbours depend on each other, as between two
 * garbage collections, and blocks hardly do, so that the interval is not too narrow. Throws a RangeError for fewer than 40 values.
 */
export function trendOf(values: readonly number[]): Trend {
  if (values.length < 2 * BLOCKS) throw new RangeError(`got ${values.length} values, want at least ${2 * BLOCKS}`);
  const blocks = Array.from({ length: BLOCKS }, (_, i) =>
    meanOf(values.slice(Math.round((i * values.length) / BLOCKS), Math.round(((i + 1) * values.length) / BLOCKS))),
  );
  const mean = meanOf(blocks);
  const middle = (BLOCKS - 1) / 2;
  let [sxx, sxy] = [0, 0];
  blocks.forEach((value, i) => {
    sxx += (i - middle) ** 2;
    sxy += (i - middle) * (value - mean);
  });
  const slope = sxy / sxx;
  const rest = blocks.reduce((sum, value, i) => sum + (value - mean - slope * (i - middle)) ** 2, 0);
  const error = STUDENT * Math.sqrt(rest / (BLOCKS - 2) / sxx);
  const share = (each: number): number => (each * BLOCKS) / mean;
  return { mean, growth: share(slope), low: share(slope - error), high: share(slope + error) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
