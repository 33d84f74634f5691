import { fromPartial, toPartial } from '../stats/partial-autocorrelation.ts';
import { minimise } from '../stats/minimise.ts';
import { autoregression, movingAverage, partsOf } from './arima-model.ts';
import type { ArimaCoefficients, ArimaOrder } from './arima-model.ts';

/** What the likelihood of a model says of a differenced series. */
export interface ExactFit {
  readonly coefficients: ArimaCoefficients;
  readonly mean: number;
  readonly logLikelihood: number;
  /** Variance of a shock that is most likely. */
  readonly variance: number;
  /** Sum of squared shocks in units of their own expected size, times the variance. */
  readonly squares: number;
  /** Expected distances from the mean 1, 2 … steps after the end. */
  readonly ahead: (steps: number) => Float64Array;
}

/** Length of the state of an order. */
export function statesOf({ p, q, P, Q, season }: ArimaOrder): number {
  return Math.max(p + P * season, q + Q * season + 1);
}

/**
 * The likelihood of an ARMA model with normal shocks, exactly, by the Kalman filter on Harvey's form of the state ("Time Series
 * Models", 1993, section 4.4), mean and variance being the most likely ones for `coefficients`. `values`: the differenced series,
 * NaN a gap, which counts for nothing.
 */
export function exactLikelihood(values: Float64Array, order: ArimaOrder, coefficients: ArimaCoefficients): ExactFit {
  const system = systemOf(order, coefficients);
  const ones = new Float64Array(values.length).fill(1);
  const run = runFilter(system, values, order.mean ? ones : null);
  const mean = order.mean && run.ofOnes > 0 ? run.cross / run.ofOnes : 0;
  const squares = run.squares - mean * run.cross;
  const variance = squares / run.used;
  const logLikelihood = -0.5 * (run.used * (Math.log(2 * Math.PI * variance) + 1) + run.logSizes);
  const state = run.state.map((value, i) => value - mean * run.stateOfOnes[i]);
  return {
    coefficients,
    mean,
    logLikelihood,
    variance,
    squares,
    ahead: (steps) => {
      let now: Float64Array = state;
      return Float64Array.from({ length: steps }, () => {
        const [expected] = now;
        now = moved(system, now);
        return expected;
      });
    },
  };
}

/**
 * The most likely coefficients, searched from `start`. The work grows with the cube of the length of the state, see `statesOf`.
 */
export function fitExact(values: Float64Array, order: ArimaOrder, start: ArimaCoefficients): ExactFit {
  const of = (free: Float64Array): number => {
    const found = -exactLikelihood(values, order, fromFree(order, free)).logLikelihood / values.length;
    return Number.isNaN(found) ? Infinity : found;
  };
  const { at } = minimise(of, toFree(order, start));
  return exactLikelihood(values, order, fromFree(order, at));
}

const FARTHEST = 0.999;

/** Coefficients as numbers without bounds: each part by its partial autocorrelations, stretched. */
function toFree(order: ArimaOrder, coefficients: ArimaCoefficients): Float64Array {
  const { ar, ma, sar, sma } = partsOf(order, coefficients);
  const stretch = (value: number): number => Math.atanh(Math.max(-FARTHEST, Math.min(FARTHEST, value)));
  return Float64Array.from(
    [ar, ma.map((value) => -value), sar, sma.map((value) => -value)].flatMap((part) => [...toPartial(part)]),
    stretch,
  );
}

function fromFree(order: ArimaOrder, free: Float64Array): ArimaCoefficients {
  const { ar, ma, sar, sma } = partsOf(order, free.map(Math.tanh));
  const turned = (part: Float64Array): Float64Array => fromPartial(part).map((value) => -value);
  return Float64Array.from([...fromPartial(ar), ...turned(ma), ...fromPartial(sar), ...turned(sma)]);
}

/** State of length r: x' = T x + R e with T the weights of the past in the first column and ones above the diagonal. */
interface System {
  readonly size: number;
  readonly past: Float64Array;
  readonly shock: Float64Array;
}

function systemOf(order: ArimaOrder, coefficients: ArimaCoefficients): System {
  const size = statesOf(order);
  const past = new Float64Array(size);
  const shock = new Float64Array(size);
  shock[0] = 1;
  const ar = autoregression(order, coefficients);
  const ma = movingAverage(order, coefficients);
  ar.lags.forEach((lag, i) => (past[lag - 1] = ar.weights[i]));
  ma.lags.forEach((lag, i) => (shock[lag] = ma.weights[i]));
  return { size, past, shock };
}

function moved({ size, past }: System, state: Float64Array): Float64Array {
  const next = new Float64Array(size);
  for (let i = 0; i < size; i++) next[i] = past[i] * state[0] + (i + 1 < size ? state[i + 1] : 0);
  return next;
}

/** What one pass of the filter gathers; "ones": what it makes of a series of ones, by which the mean is found. */
interface Run {
  readonly used: number;
  readonly squares: number;
  readonly cross: number;
  readonly ofOnes: number;
  readonly logSizes: number;
  readonly state: Float64Array;
  readonly stateOfOnes: Float64Array;
}

function runFilter(system: System, values: Float64Array, ones: Float64Array | null): Run {
  const { size } = system;
  let doubt = stationaryDoubt(system);
  let state: Float64Array = new Float64Array(size);
  let stateOfOnes: Float64Array = new Float64Array(size);
  const sums = { used: 0, squares: 0, cross: 0, ofOnes: 0, logSizes: 0 };
  const gain = new Float64Array(size);
  let steady = false;
  for (const value of values) {
    const missing = Number.isNaN(value);
    const expected = doubt[0];
    if (!missing) {
      for (let i = 0; i < size; i++) gain[i] = doubt[i] / expected;
      const surprise = value - state[0];
      const surpriseOfOnes = ones ? 1 - stateOfOnes[0] : 0;
      sums.used++;
      sums.squares += surprise ** 2 / expected;
      sums.cross += (surprise * surpriseOfOnes) / expected;
      sums.ofOnes += surpriseOfOnes ** 2 / expected;
      sums.logSizes += Math.log(expected);
      for (let i = 0; i < size; i++) state[i] += gain[i] * surprise;
      if (ones) for (let i = 0; i < size; i++) stateOfOnes[i] += gain[i] * surpriseOfOnes;
    }
    state = moved(system, state);
    if (ones) stateOfOnes = moved(system, stateOfOnes);
    if (steady && !missing) continue;
    const next = nextDoubt(system, doubt, missing);
    steady = !missing && Math.abs(next[0] - 1) < 1e-10 && next.every((part, k) => Math.abs(part - doubt[k]) < 1e-10);
    doubt = next;
  }
  return { ...sums, state, stateOfOnes };
}

/** Covariance of the next state before it is seen, in rows of `size`: T (P − seen) T' + R R'. */
function nextDoubt({ size, past, shock }: System, doubt: Float64Array, missing: boolean): Float64Array {
  const seen = missing ? 0 : 1 / doubt[0];
  const left = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) left[i * size + j] = doubt[i * size + j] - seen * doubt[i * size] * doubt[j];
  }
  const into = new Float64Array(size * size);
  const at = (i: number, j: number): number => (i < size && j < size ? left[i * size + j] : 0);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = past[i] * past[j] * left[0] + past[i] * at(0, j + 1) + past[j] * at(i + 1, 0) + at(i + 1, j + 1) + shock[i] * shock[j];
      into[i * size + j] = sum;
      into[j * size + i] = sum;
    }
  }
  return into;
}

const MOST_DOUBLINGS = 40;

/** Covariance of the state before anything was seen: the sum of T^k R R' T'^k, each round taking twice as many terms. */
function stationaryDoubt({ size, past, shock }: System): Float64Array {
  let power: Float64Array = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    power[i * size] = past[i];
    if (i + 1 < size) power[i * size + i + 1] += 1;
  }
  const sum = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum[i * size + j] = shock[i] * shock[j];
  for (let round = 0; round < MOST_DOUBLINGS; round++) {
    const added = product(product(power, sum, size, false), power, size, true);
    for (let k = 0; k < sum.length; k++) sum[k] += added[k];
    if (!(trace(added, size) > 1e-12 * trace(sum, size))) break;
    power = product(power, power, size, false);
  }
  return sum;
}

function trace(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[i * size + i];
  return sum;
}

/** a b, or a b' where `turned`. */
function product(a: Float64Array, b: Float64Array, size: number, turned: boolean): Float64Array {
  const into = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const part = a[i * size + k];
      if (part === 0) continue;
      for (let j = 0; j < size; j++) into[i * size + j] += part * (turned ? b[j * size + k] : b[k * size + j]);
    }
  }
  return into;
}
