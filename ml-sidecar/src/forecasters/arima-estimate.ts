import { filter, fitCss, noCoefficients, weighed } from './arima-css.ts';
import type { CssFit, Stationary } from './arima-css.ts';
import { fitExact, statesOf } from './arima-exact.ts';
import { autoregression, differenced, differences, movingAverage, shockWeights, sizeOf } from './arima-model.ts';
import type { ArimaCoefficients, ArimaOrder } from './arima-model.ts';

/** A model of known order with its coefficients. */
export interface ArimaFit {
  readonly order: ArimaOrder;
  readonly coefficients: ArimaCoefficients;
  /** Mean of the differenced series; 0 where the order has none. */
  readonly mean: number;
  /** Variance of a shock, for the coefficients that were spent on it. */
  readonly variance: number;
  readonly logLikelihood: number;
  /** Information criterion of Akaike, for small samples (Hurvich and Tsai 1989). Comparable among the same differences. */
  readonly aicc: number;
  /** Expected values of the next `steps`. */
  expected(steps: number): Float64Array;
  /** Standard deviations of what will be missed at each of the next `steps`. */
  deviation(steps: number): Float64Array;
}

/** How coefficients are found: by least squares given the first values, or by the exact likelihood. */
export type ArimaMethod = 'css' | 'exact';

/**
 * Estimates a model of the given order on `values`, NaN a gap (which none may be within the last values that differences reach back
 * to). Throws a RangeError for fewer values than the order needs.
 */
export function estimateArima(values: Float64Array, order: ArimaOrder, method: ArimaMethod): ArimaFit {
  const polynomial = differences(order);
  const left = differenced(values, polynomial);
  const needed = order.p + order.P * order.season + 2 * sizeOf(order) + 2;
  if (left.length < needed) throw new RangeError(`arima: got ${values.length} samples, want at least ${needed + polynomial.length - 1}`);
  const series = { values: left, from: order.p + order.P * order.season, clip: Infinity };
  const first = fitCss(series, order, { coefficients: noCoefficients(order), mean: order.mean ? meanOf(left) : 0 });
  const exact = method === 'exact' ? fitExact(left, order, first.coefficients) : null;
  const parts = exact ? { ...exact, used: known(left) } : { ...ofCss(first), ahead: (steps: number) => cssAhead(first, order, steps) };
  const { coefficients, mean, logLikelihood, squares, used } = parts;
  const spent = sizeOf(order) + (order.mean ? 1 : 0);
  const variance = squares / Math.max(1, used - spent);
  return {
    order,
    coefficients,
    mean,
    variance,
    logLikelihood,
    aicc: aiccOf(logLikelihood, spent + 1, used),
    expected: (steps) => undifferenced(values, polynomial, parts.ahead(steps), mean),
    deviation: (steps) => deviations(order, coefficients, variance, steps),
  };
}

/** Up to so many samples, and so long a state, the exact likelihood is worth its time; more samples make least squares as good. */
const EXACT_SAMPLES = 400;
const EXACT_STATES = 12;

/** The least-squares estimate, in a short series of a short season replaced by the most likely one. Shocks remain cut as they were. */
export function refined(series: Stationary, order: ArimaOrder, fit: CssFit): CssFit {
  const { values } = series;
  if (sizeOf(order) === 0 || values.length > EXACT_SAMPLES || statesOf(order) > EXACT_STATES) return fit;
  const cut = values.map((value, t) => (Number.isNaN(value) ? NaN : fit.filtered.centred[t] + fit.mean));
  const { coefficients, mean } = fitExact(cut, order, fit.coefficients);
  return { coefficients, mean, filtered: filter(series, order, coefficients, mean) };
}

/** −2 log likelihood, and what `spent` parameters cost among `used` samples. */
export function aiccOf(logLikelihood: number, spent: number, used: number): number {
  return -2 * logLikelihood + 2 * spent + (2 * spent * (spent + 1)) / Math.max(1e-9, used - spent - 1);
}

/** Standard deviations of the forecast error, lead by lead. */
function deviations(order: ArimaOrder, coefficients: ArimaCoefficients, variance: number, steps: number): Float64Array {
  let sum = 0;
  return shockWeights(order, coefficients, steps).map((weight) => {
    sum += weight * weight;
    return Math.sqrt(variance * sum);
  });
}

function ofCss({ coefficients, mean, filtered }: CssFit): {
  coefficients: ArimaCoefficients;
  mean: number;
  logLikelihood: number;
  squares: number;
  used: number;
} {
  const { squares, used } = filtered;
  return { coefficients, mean, logLikelihood: -0.5 * used * (Math.log((2 * Math.PI * squares) / used) + 1), squares, used };
}

/** Distances from the mean to be expected after the end of the series that was filtered. */
export function cssAhead({ coefficients, filtered }: CssFit, order: ArimaOrder, steps: number): Float64Array {
  const ar = autoregression(order, coefficients);
  const ma = movingAverage(order, coefficients);
  const reach = Math.max(1, ar.lags.at(-1) ?? 0, ma.lags.at(-1) ?? 0);
  const z = tail(filtered.centred, reach, steps);
  const e = tail(filtered.shocks, reach, steps);
  for (let t = reach; t < reach + steps; t++) z[t] = weighed(ar, z, t) + weighed(ma, e, t);
  return z.subarray(reach);
}

/** The last `reach` values with room for `steps` more; zeros before the first. */
function tail(values: Float64Array, reach: number, steps: number): Float64Array {
  const into = new Float64Array(reach + steps);
  const last = values.subarray(Math.max(0, values.length - reach));
  into.set(last, reach - last.length);
  return into;
}

/** Values again from what differences left of them. */
export function undifferenced(values: Float64Array, polynomial: Float64Array, left: Float64Array, mean: number): Float64Array {
  const reach = polynomial.length - 1;
  const into = tail(values, reach, left.length);
  for (let t = reach; t < into.length; t++) {
    let sum = left[t - reach] + mean;
    for (let lag = 1; lag <= reach; lag++) if (polynomial[lag] !== 0) sum -= polynomial[lag] * into[t - lag];
    into[t] = sum;
  }
  return into.subarray(reach);
}

function meanOf(values: Float64Array): number {
  let count = 0;
  let mean = 0;
  for (const value of values) if (!Number.isNaN(value)) mean += (value - mean) / ++count;
  return mean;
}

function known(values: Float64Array): number {
  return values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
}
