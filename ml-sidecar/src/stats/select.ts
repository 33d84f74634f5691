/**
 * Moves the `rank`-th smallest of `values[0..count)` to its place and returns it; smaller ones end up before it, larger ones
 * after. Those before `from` are known to be the smallest already. Reorders `values`, allocates nothing. Needs from ≤ rank < count
 * and no NaN. Quickselect with the median of three
 * (Hoare, "Algorithm 65: find", 1961).
 */
export function selectInPlace(values: Float64Array, rank: number, count: number, from = 0): number {
  let low = from;
  let high = count - 1;
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) {
        const swap = values[i];
        values[i] = values[j];
        values[j] = swap;
        i++;
        j--;
      }
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
