/**
 * Solves the symmetric positive definite system A x = b in place: `a` holds the lower triangle of A in rows of `size` and is
 * overwritten by its Cholesky factor, `b` by x. A pivot that rounding made negative is lifted to a tiny positive number.
 */
export function solveCholesky(a: Float64Array, b: Float64Array, size: number): void {
  factorCholesky(a, size);
  solveFactored(a, b, size);
}

/** The first half of `solveCholesky`, for a matrix that serves many right-hand sides. */
export function factorCholesky(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j];
      for (let k = 0; k < j; k++) sum -= a[i * size + k] * a[j * size + k];
      a[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j * size + j];
    }
  }
}

/** The second half: `factor` as `factorCholesky` left it; `b` is overwritten by x. */
export function solveFactored(factor: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= factor[i * size + k] * b[k];
    b[i] = sum / factor[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < size; k++) sum -= factor[k * size + i] * b[k];
    b[i] = sum / factor[i * size + i];
  }
}
