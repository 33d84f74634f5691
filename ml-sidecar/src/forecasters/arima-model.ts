import { toPartial } from '../stats/partial-autocorrelation.ts';

/** Order of a seasonal model (p, d, q)(P, D, Q) of Box and Jenkins, with or without a mean of the differenced series. */
export interface ArimaOrder {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly P: number;
  readonly D: number;
  readonly Q: number;
  /** Samples in one cycle; 1 where P, D and Q are 0. */
  readonly season: number;
  /** Whether the differenced series has a mean: the level without differences, a drift with one. */
  readonly mean: boolean;
}

/** Coefficients φ (p), θ (q), Φ (P), Θ (Q), one after another. */
export type ArimaCoefficients = Float64Array;

/** Weights at some lags, ascending. */
export interface Lags {
  readonly lags: Int32Array;
  readonly weights: Float64Array;
}

/** Partial autocorrelations at least this near to ±1 are as good as a unit root: differences are for that. */
const FARTHEST = 0.9995;

/** How many coefficients of an order are estimated beside mean and variance. */
export function sizeOf({ p, q, P, Q }: ArimaOrder): number {
  return p + q + P + Q;
}

/** The parts of `coefficients`. */
export function partsOf(
  order: ArimaOrder,
  coefficients: ArimaCoefficients,
): { ar: Float64Array; ma: Float64Array; sar: Float64Array; sma: Float64Array } {
  const { p, q, P, Q } = order;
  return {
    ar: coefficients.subarray(0, p),
    ma: coefficients.subarray(p, p + q),
    sar: coefficients.subarray(p + q, p + q + P),
    sma: coefficients.subarray(p + q + P, p + q + P + Q),
  };
}

/** The autoregressive weights multiplied out: what past values add to the next. */
export function autoregression(order: ArimaOrder, coefficients: ArimaCoefficients): Lags {
  const { ar, sar } = partsOf(order, coefficients);
  return product(ar, sar, order.season, -1);
}

/** The moving-average weights multiplied out: what past shocks add to the next. */
export function movingAverage(order: ArimaOrder, coefficients: ArimaCoefficients): Lags {
  const { ma, sma } = partsOf(order, coefficients);
  return product(ma, sma, order.season, 1);
}

/** (1 + sign Σ near B^i)(1 + sign Σ far B^(season i)) − 1, times sign. */
function product(near: Float64Array, far: Float64Array, season: number, sign: number): Lags {
  const terms = new Map<number, number>();
  const add = (lag: number, weight: number): void => void terms.set(lag, (terms.get(lag) ?? 0) + weight);
  near.forEach((weight, i) => add(i + 1, weight));
  far.forEach((weight, j) => {
    add((j + 1) * season, weight);
    near.forEach((other, i) => add((j + 1) * season + i + 1, sign * weight * other));
  });
  const sorted = [...terms].sort(([a], [b]) => a - b);
  return { lags: Int32Array.from(sorted, ([lag]) => lag), weights: Float64Array.from(sorted, ([, weight]) => weight) };
}

/** Whether the autoregressive parts are stationary and the moving averages invertible. */
export function isAdmissible(order: ArimaOrder, coefficients: ArimaCoefficients): boolean {
  const { ar, ma, sar, sma } = partsOf(order, coefficients);
  const negative = (values: Float64Array): Float64Array => values.map((value) => -value);
  return [ar, negative(ma), sar, negative(sma)].every((part) => toPartial(part).every((value) => Math.abs(value) < FARTHEST));
}

/** The differences of an order multiplied out: (1 − B)^d (1 − B^season)^D, from lag 0 on. */
export function differences({ d, D, season }: Pick<ArimaOrder, 'd' | 'D' | 'season'>): Float64Array {
  let polynomial = Float64Array.of(1);
  const by = (lag: number): void => {
    const next = new Float64Array(polynomial.length + lag);
    polynomial.forEach((value, i) => {
      next[i] += value;
      next[i + lag] -= value;
    });
    polynomial = next;
  };
  for (let k = 0; k < d; k++) by(1);
  for (let k = 0; k < D; k++) by(season);
  return polynomial;
}

/** The differenced series; shorter by as many samples as the differences reach back. A gap makes gaps of all differences that touch it. */
export function differenced(values: Float64Array, polynomial: Float64Array): Float64Array {
  const reach = polynomial.length - 1;
  const into = new Float64Array(Math.max(0, values.length - reach));
  for (let lag = 0; lag <= reach; lag++) {
    const weight = polynomial[lag];
    if (weight !== 0) for (let t = 0; t < into.length; t++) into[t] += weight * values[t + reach - lag];
  }
  return into;
}

/**
 * What a shock adds to the value `0 … count − 1` steps later, differences undone: the ψ weights of Box and Jenkins, of which the
 * variance of a forecast is the sum of squares.
 */
export function shockWeights(order: ArimaOrder, coefficients: ArimaCoefficients, count: number): Float64Array {
  const polynomial = differences(order);
  const ar = autoregression(order, coefficients);
  const ma = movingAverage(order, coefficients);
  const psi = new Float64Array(count);
  const inner = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    let sum = j === 0 ? 1 : 0;
    for (let i = 0; i < ar.lags.length && ar.lags[i] <= j; i++) sum += ar.weights[i] * inner[j - ar.lags[i]];
    for (let i = 0; i < ma.lags.length && ma.lags[i] <= j; i++) if (ma.lags[i] === j) sum += ma.weights[i];
    inner[j] = sum;
    for (let lag = 1; lag < polynomial.length && lag <= j; lag++) if (polynomial[lag] !== 0) sum -= polynomial[lag] * psi[j - lag];
    psi[j] = sum;
  }
  return psi;
}
