/** The numbers of `from` in the longer array `to`, which is given back. */
export function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** In `to`, which is given back, the number of slot `kept[i]` as that of slot i. */
export function gather<T extends Int32Array | Float64Array>(from: T, to: T, kept: Int32Array): T {
  for (let slot = 0; slot < kept.length; slot++) to[slot] = from[kept[slot]];
  return to;
}
