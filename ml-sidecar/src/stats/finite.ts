/** Copies the finite ones of `values[from..to)` to the front of `into`; returns how many. `into` must hold `to - from`. */
export function copyFinite(values: Float64Array, from: number, to: number, into: Float64Array): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (value - value === 0) into[count++] = value;
  }
  return count;
}

/** How many of `values` are finite. */
export function countFinite(values: Float64Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] === 0) count++;
  return count;
}
