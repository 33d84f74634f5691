/** Rows of a block: three columns at a time need the fewest loads a product. */
const BLOCK = 3;

/**
 * Fills the lower triangle of X'WX into `gram` (rows of `columns.length`) and X'Wy into `right`, for the first `count` entries of
 * each column of X. The number of columns must be a multiple of three. `scratch`: three columns.
 */
export function weightedGram(
  columns: readonly Float64Array[],
  weights: Float64Array,
  truth: Float64Array,
  count: number,
  gram: Float64Array,
  right: Float64Array,
  scratch: readonly Float64Array[],
): void {
  const size = columns.length;
  for (let i = 0; i < size; i += BLOCK) {
    for (let u = 0; u < BLOCK; u++) right[i + u] = weigh(columns[i + u], weights, truth, count, scratch[u]);
    for (let j = 0; j <= i; j += BLOCK) blockProducts(scratch, columns, j, count, gram, i * size + j, size);
  }
}

/** Fills `into` with weight × column; returns its product with `truth`. */
function weigh(column: Float64Array, weights: Float64Array, truth: Float64Array, count: number, into: Float64Array): number {
  let sum = 0;
  for (let p = 0; p < count; p++) {
    const weighted = weights[p] * column[p];
    into[p] = weighted;
    sum += weighted * truth[p];
  }
  return sum;
}

function blockProducts(
  weighted: readonly Float64Array[],
  columns: readonly Float64Array[],
  first: number,
  count: number,
  gram: Float64Array,
  at: number,
  size: number,
): void {
  const [a, b, c] = weighted;
  const x = columns[first];
  const y = columns[first + 1];
  const z = columns[first + 2];
  let ax = 0;
  let ay = 0;
  let az = 0;
  let bx = 0;
  let by = 0;
  let bz = 0;
  let cx = 0;
  let cy = 0;
  let cz = 0;
  for (let p = 0; p < count; p++) {
    const ap = a[p];
    const bp = b[p];
    const cp = c[p];
    const xp = x[p];
    const yp = y[p];
    const zp = z[p];
    ax += ap * xp;
    ay += ap * yp;
    az += ap * zp;
    bx += bp * xp;
    by += bp * yp;
    bz += bp * zp;
    cx += cp * xp;
    cy += cp * yp;
    cz += cp * zp;
  }
  gram.set([ax, ay, az], at);
  gram.set([bx, by, bz], at + size);
  gram.set([cx, cy, cz], at + 2 * size);
}
