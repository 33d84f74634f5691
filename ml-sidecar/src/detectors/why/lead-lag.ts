/** How another series moved around the time when one became anomalous. */
export interface Lead {
  readonly name: string;
  /** Seconds by which it moved before the other series; below 0: after it. */
  readonly leadSeconds: number;
  /** Correlation of the two at that distance in time, 0 to 1. */
  readonly strength: number;
}

/** Deviations of one series over a window: (observed − expected) in spreads, a gap being NaN. All on the same grid. */
export interface Deviations {
  readonly name: string;
  readonly values: Float64Array;
}

/** Deviations are cut here, so that one value does not decide alone. */
const CUT = 10;
/** Values that two series must have in common at a lag, and as a share of the window: at the far ends a few always correlate. */
const COMMON = 10;
const COMMON_SHARE = 0.5;
/** Correlations below this are chance. */
const LEAST = 0.5;

/**
 * Which of `others` moved with `target`, and by how much before or after it, those that led first. Compares the sizes of the
 * deviations at every lag up to `maxLagSeconds` by Pearson's correlation and takes the best lag of each; where several are as
 * good within 0.02 it takes the smallest, since what rests for a while correlates at many. Series that do not move with it are
 * left out. A lead is an order in time, not a proof of cause.
 */
export function leadLag(target: Deviations, others: readonly Deviations[], step: number, maxLagSeconds: number): readonly Lead[] {
  const most = Math.floor(maxLagSeconds / step);
  const sizes = sizesOf(target.values);
  const leads: Lead[] = [];
  for (const other of others) {
    const otherSizes = sizesOf(other.values);
    let lag = 0;
    let strength = correlation(sizes, otherSizes, 0);
    for (let distance = 1; distance <= most; distance++) {
      for (const candidate of [distance, -distance]) {
        const found = correlation(sizes, otherSizes, candidate);
        if (found > strength + 0.02) {
          strength = found;
          lag = candidate;
        }
      }
    }
    if (strength >= LEAST) leads.push({ name: other.name, leadSeconds: lag * step, strength });
  }
  return leads.sort((a, b) => b.leadSeconds - a.leadSeconds || b.strength - a.strength);
}

function sizesOf(values: Float64Array): Float64Array {
  return values.map((value) => Math.min(CUT, Math.abs(value)));
}

/** Pearson's correlation of `a[t]` with `b[t − lag]`; 0 where they have too little in common or one does not vary. */
function correlation(a: Float64Array, b: Float64Array, lag: number): number {
  let count = 0;
  let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
  for (let t = Math.max(0, lag); t < Math.min(a.length, b.length + lag); t++) {
    const x = a[t];
    const y = b[t - lag];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    count++;
    sumA += x;
    sumB += y;
    squareA += x * x;
    squareB += y * y;
    product += x * y;
  }
  if (count < Math.max(COMMON, COMMON_SHARE * a.length)) return 0;
  const varianceA = squareA - (sumA * sumA) / count;
  const varianceB = squareB - (sumB * sumB) / count;
  if (!(varianceA > 1e-9) || !(varianceB > 1e-9)) return 0;
  return (product - (sumA * sumB) / count) / Math.sqrt(varianceA * varianceB);
}
