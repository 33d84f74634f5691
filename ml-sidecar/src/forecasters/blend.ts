import { SPREAD_LEVELS } from '../stats/spread.ts';
import { orderStep } from './path.ts';

const LEVELS = SPREAD_LEVELS.length;

/** Quantiles of several models at the same steps, one after another: `rows[(member * 7 + level) * steps + h]`. */
export interface MemberRows {
  readonly members: number;
  readonly steps: number;
  readonly rows: Float64Array;
}

/**
 * Writes the blend of steps `from` to `to` (exclusive) into `into[level * steps + h]`: at each level the weighted median of the
 * members' quantiles, which a single member gone astray cannot carry away. Interpolated between members, so that it moves little
 * when weights do. Weights ≥ 0, one positive.
 */
export function blendInto(from: number, to: number, source: MemberRows, weights: Float64Array, into: Float64Array): void {
  const { members, steps, rows } = source;
  let total = 0;
  for (let m = 0; m < members; m++) total += weights[m];
  for (let h = from; h < to; h++) {
    for (let level = 0; level < LEVELS; level++) {
      let held = 0;
      for (let m = 0; m < members; m++) if (weights[m] > 0) held = insert(rows[(m * LEVELS + level) * steps + h], weights[m], held);
      into[level * steps + h] = weightedMedian(held, total);
    }
    orderStep(into, steps, h);
  }
}

const values = new Float64Array(64);
const shares = new Float64Array(64);

/** Takes a value into the sorted front of `values`; returns how many there are. */
function insert(value: number, weight: number, held: number): number {
  let i = held - 1;
  for (; i >= 0 && values[i] > value; i--) {
    values[i + 1] = values[i];
    shares[i + 1] = shares[i];
  }
  values[i + 1] = value;
  shares[i + 1] = weight;
  return held + 1;
}

/** Where half of the weight lies, each value standing at the middle of its own weight. */
function weightedMedian(held: number, total: number): number {
  const half = total / 2;
  let before = 0;
  let below = values[0];
  let belowAt = 0;
  for (let i = 0; i < held; i++) {
    const at = before + shares[i] / 2;
    if (at >= half) return i === 0 ? values[0] : below + ((half - belowAt) / (at - belowAt)) * (values[i] - below);
    below = values[i];
    belowAt = at;
    before += shares[i];
  }
  return below;
}
