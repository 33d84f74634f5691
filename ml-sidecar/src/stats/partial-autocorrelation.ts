/**
 * Partial autocorrelations of the autoregression with the coefficients `phi` (x[t] = Σ phi[i] x[t − 1 − i] + e[t]); all lie within
 * (−1, 1) just where it is stationary. The step-down of Durbin and Levinson (Monahan, "A note on enforcing stationarity in
 * autoregressive-moving average models", Biometrika 71, 1984). Infinite or NaN past a step that cannot be taken.
 */
export function toPartial(phi: ArrayLike<number>): Float64Array {
  const rest = Float64Array.from(phi);
  const partial = new Float64Array(rest.length);
  for (let k = rest.length - 1; k >= 0; k--) {
    const last = rest[k];
    partial[k] = last;
    const shrink = 1 - last * last;
    for (let i = 0, j = k - 1; i <= j; i++, j--) {
      const a = rest[i];
      const b = rest[j];
      rest[i] = (a + last * b) / shrink;
      rest[j] = (b + last * a) / shrink;
    }
  }
  return partial;
}

/** Coefficients of the autoregression with these partial autocorrelations: the reverse of `toPartial`. */
export function fromPartial(partial: ArrayLike<number>): Float64Array {
  const phi = new Float64Array(partial.length);
  for (let k = 0; k < phi.length; k++) {
    const last = partial[k];
    for (let i = 0, j = k - 1; i <= j; i++, j--) {
      const a = phi[i];
      const b = phi[j];
      phi[i] = a - last * b;
      phi[j] = b - last * a;
    }
    phi[k] = last;
  }
  return phi;
}
