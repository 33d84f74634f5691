import { WEIGHT_PARTS, type Series } from '../stats/series.ts';

/** What stands for a value that came as expected at a time that is not trusted; an anomalous value never has it. */
const DISTRUSTED = 1;

/** The last `capacity` values of one series on its grid with their weights: 4½ bytes a value. A gap is NaN. */
export class ValueRing {
  readonly capacity: number;
  readonly values: Float32Array;
  /** Weights in fifteenths, two to a byte: the even slot in the low half. Only an unweighted value has all fifteen. */
  readonly weights: Uint8Array;
  /** Grid index (time / step) of the newest value; one before the first push. */
  last: number;
  /** Values pushed and still held. */
  filled = 0;
  /** Finite values held. */
  finite = 0;

  constructor(capacity: number, firstIndex: number) {
    this.capacity = capacity;
    this.values = new Float32Array(capacity).fill(NaN);
    this.weights = new Uint8Array((capacity + 1) >> 1);
    this.last = firstIndex - 1;
  }

  /** Takes the value of the next grid index, with how much it may teach (0 to 1): hardly anything where its time is not trusted. */
  push(value: number, weight: number, trusted = true): void {
    this.last++;
    const slot = modulo(this.last, this.capacity);
    if (this.filled === this.capacity && Number.isFinite(this.values[slot])) this.finite--;
    // What does not fit into 32 bits (3.4e38) says nothing that could be learned from.
    const kept = Math.fround(value);
    const known = Number.isFinite(kept);
    this.values[slot] = known ? kept : NaN;
    this.weigh(slot, partsOf(weight, trusted));
    if (this.filled < this.capacity) this.filled++;
    if (known) this.finite++;
  }

  /** The value at a grid index, NaN where none is held. */
  at(index: number): number {
    return index > this.last || index <= this.last - this.filled ? NaN : this.values[modulo(index, this.capacity)];
  }

  /** Whether the value at a grid index was to teach less than others, because it was not as expected. */
  isAnomalous(index: number): boolean {
    const parts = this.weightAt(modulo(index, this.capacity));
    return Number.isFinite(this.at(index)) && parts < WEIGHT_PARTS && parts !== DISTRUSTED;
  }

  /** What is held from the first finite value on, as a series that ends at the newest grid time. */
  series(step: number): Series {
    const { first, values, weights } = this.held();
    return {
      start: first * step,
      step,
      values: Float64Array.from(values),
      weights: Float64Array.from(weights, (parts) => parts / WEIGHT_PARTS),
    };
  }

  /** A copy of what is held from the first finite value (of grid index `first`) on, with weights in parts of WEIGHT_PARTS. */
  held(): { readonly first: number; readonly values: Float32Array; readonly weights: Uint8Array } {
    let first = this.last - this.filled + 1;
    while (first < this.last && !Number.isFinite(this.at(first))) first++;
    const length = this.last - first + 1;
    const values = new Float32Array(length);
    const weights = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const slot = modulo(first + i, this.capacity);
      values[i] = this.values[slot];
      weights[i] = this.weightAt(slot);
    }
    return { first, values, weights };
  }

  private weightAt(slot: number): number {
    return (this.weights[slot >> 1] >> (4 * (slot & 1))) & WEIGHT_PARTS;
  }

  private weigh(slot: number, weight: number): void {
    const shift = 4 * (slot & 1);
    this.weights[slot >> 1] = (this.weights[slot >> 1] & ~(WEIGHT_PARTS << shift)) | (weight << shift);
  }
}

/** A weight in fifteenths. Only a value as expected at a time that is not trusted has DISTRUSTED. */
function partsOf(weight: number, trusted: boolean): number {
  if (!(weight < 1)) return trusted ? WEIGHT_PARTS : DISTRUSTED;
  const rounded = Math.min(WEIGHT_PARTS - 1, Math.round(WEIGHT_PARTS * weight));
  const other = WEIGHT_PARTS * weight < DISTRUSTED ? DISTRUSTED - 1 : DISTRUSTED + 1;
  const parts = rounded === DISTRUSTED ? other : rounded;
  return trusted ? parts : Math.min(parts, DISTRUSTED + 1);
}

/** `index` mod `size`, never negative. */
export function modulo(index: number, size: number): number {
  const rest = index % size;
  return rest < 0 ? rest + size : rest;
}
