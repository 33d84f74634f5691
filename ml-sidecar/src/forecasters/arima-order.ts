import { kpss, KPSS_CRITICAL } from '../stats/unit-root.ts';
import { fitCss, ROUGHLY_SETTLED } from './arima-css.ts';
import type { CssFit, Stationary } from './arima-css.ts';
import { differenced, differences, isAdmissible, partsOf, sizeOf } from './arima-model.ts';
import type { ArimaCoefficients, ArimaOrder } from './arima-model.ts';

/** How far a search may go. */
export interface SearchLimits {
  /** Greatest p and q. */
  readonly near: number;
  /** Greatest P and Q. */
  readonly seasonal: number;
  /** Greatest d. */
  readonly differences: number;
  /** Whether to take seasonal differences where the season is strong. */
  readonly seasonalDifference: boolean;
  /** Newest samples that orders are compared on. */
  readonly samples: number;
  /** Work that may be spent: samples times coefficients, over all models. The search ends with the best found until then. */
  readonly work: number;
}

/** The order found, with its least-squares estimate. */
export interface Chosen {
  readonly order: ArimaOrder;
  readonly fit: CssFit;
  /** Criterion of Akaike, from the sum of squares; comparable among the models of one search. */
  readonly aicc: number;
}

/** Strength of the season above which it is differenced away (Wang, Smith and Hyndman 2006; the bar is that of R's forecast). */
const STRONG_SEASON = 0.64;

/** Differences that leave a level that stays: seasonal ones by the strength of the season, then plain ones by the KPSS test at 5 %. */
export function chooseDifferences(values: Float64Array, season: number, limits: SearchLimits): { d: number; D: number } {
  const D =
    limits.seasonalDifference && season > 1 && values.length >= 3 * season && seasonalStrength(values, season) > STRONG_SEASON ? 1 : 0;
  let d = 0;
  for (; d < limits.differences; d++) {
    const left = differenced(values, differences({ d, D, season }));
    if (!(kpss(left, Math.trunc((3 * Math.sqrt(left.length)) / 13)) > KPSS_CRITICAL)) break;
  }
  return { d, D };
}

/**
 * How much of what a moving mean over a season leaves is the season: 1 − variance of the remainder / variance with the season. 0 where
 * nothing is left.
 */
export function seasonalStrength(values: Float64Array, season: number): number {
  const count = values.length;
  const half = season >> 1;
  const detrended = new Float64Array(count).fill(NaN);
  for (let t = half; t < count - half; t++) {
    let sum = 0;
    let weight = 0;
    for (let k = -half; k <= half; k++) {
      // An even season has half of either end.
      const part = season % 2 === 0 && Math.abs(k) === half ? 0.5 : 1;
      if (Number.isNaN(values[t + k])) continue;
      sum += part * values[t + k];
      weight += part;
    }
    detrended[t] = values[t] - sum / weight;
  }
  const slots = Array.from({ length: season }, (_, slot) => meanSquare(detrended, slot, season));
  const whole = meanSquare(detrended, 0, 1);
  const remainder = slots.reduce((sum, { squares }) => sum + squares, 0);
  return whole.squares > 0 ? Math.max(0, 1 - remainder / whole.squares) : 0;
}

/** Sum of squared distances from their mean of every `stride`-th known value from `first` on. */
function meanSquare(values: Float64Array, first: number, stride: number): { squares: number } {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let t = first; t < values.length; t += stride) {
    if (Number.isNaN(values[t])) continue;
    const away = values[t] - mean;
    mean += away / ++count;
    squares += away * (values[t] - mean);
  }
  return { squares };
}

/**
 * The order of the least criterion: from a few simple models step by step to better neighbours, each of p, q, P and Q one more or
 * less, with and without a mean (Hyndman and Khandakar, "Automatic time series forecasting", Journal of Statistical Software 27, 2008).
 * All candidates are judged on the same samples. `clip`: as in `Stationary`.
 */
export function chooseOrder(values: Float64Array, season: number, limits: SearchLimits, clip: number): Chosen {
  const { d, D } = chooseDifferences(values, season, limits);
  const left = differenced(values.subarray(Math.max(0, values.length - limits.samples)), differences({ d, D, season }));
  const reach = limits.near + (season > 1 ? limits.seasonal * season : 0);
  const series: Stationary = { values: left, from: Math.min(reach, left.length >> 2), clip };
  const tried = new Map<string, Chosen>();
  let work = limits.work;
  const attempt = (order: ArimaOrder, from: Chosen | null): Chosen | null => {
    const key = JSON.stringify(order);
    if (tried.has(key) || work <= 0 || !within(order, limits, left.length)) return null;
    work -= left.length * (sizeOf(order) + 2);
    const fit = fitCss(
      series,
      order,
      from ? carried(from, order) : { coefficients: new Float64Array(sizeOf(order)), mean: 0 },
      ROUGHLY_SETTLED,
    );
    const chosen = { order, fit, aicc: criterion(fit, order) };
    tried.set(key, chosen);
    return chosen;
  };
  const mean = d + D < 2;
  const simple = (p: number, q: number, P: number, Q: number): ArimaOrder => ({ p, d, q, P, D, Q, season: season > 1 ? season : 1, mean });
  const far = season > 1 ? Math.min(1, limits.seasonal) : 0;
  let best = attempt(simple(0, 0, 0, 0), null);
  if (!best) throw new RangeError(`arima: got ${values.length} samples, want more than the differences take`);
  for (const order of [simple(1, 0, far, 0), simple(0, 1, 0, far), simple(2, 2, far, far)]) best = better(best, attempt(order, null));
  for (let improved = true; improved;) {
    improved = false;
    for (const order of neighbours(best.order, d + D < 2)) {
      const next = attempt(order, best);
      if (!next || next.aicc >= best.aicc) continue;
      best = next;
      improved = true;
      break;
    }
  }
  return best;
}

function better(a: Chosen, b: Chosen | null): Chosen {
  return b && b.aicc < a.aicc ? b : a;
}

/** Criterion from the mean square of the shocks, up to a constant of the series. */
function criterion({ filtered }: CssFit, order: ArimaOrder): number {
  const spent = sizeOf(order) + (order.mean ? 1 : 0) + 1;
  const { squares, used } = filtered;
  if (used <= spent + 1 || !Number.isFinite(squares)) return Infinity;
  return used * Math.log(squares / used + 1e-12) + 2 * spent + (2 * spent * (spent + 1)) / (used - spent - 1);
}

const STEPS = [
  [0, 0, -1, 0],
  [0, 0, 0, -1],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, -1, -1],
  [0, 0, 1, 1],
  [-1, 0, 0, 0],
  [0, -1, 0, 0],
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [-1, -1, 0, 0],
  [1, 1, 0, 0],
  [-1, 1, 0, 0],
  [1, -1, 0, 0],
] as const;

function neighbours(order: ArimaOrder, meanIsFree: boolean): ArimaOrder[] {
  const moved = STEPS.map(([p, q, P, Q]) => ({ ...order, p: order.p + p, q: order.q + q, P: order.P + P, Q: order.Q + Q }));
  return meanIsFree ? [...moved, { ...order, mean: !order.mean }] : moved;
}

function within({ p, q, P, Q, season }: ArimaOrder, { near, seasonal }: SearchLimits, samples: number): boolean {
  if (p < 0 || q < 0 || P < 0 || Q < 0 || p > near || q > near || P > seasonal || Q > seasonal) return false;
  if (season === 1 && P + Q > 0) return false;
  return samples >= 2 * (p + q + Math.max(P, Q) * season) + 10;
}

/** Where the search for an order begins: at what a neighbour has found, new coefficients at zero. */
export function carried({ order: from, fit }: Chosen, order: ArimaOrder): { coefficients: ArimaCoefficients; mean: number } {
  const old = partsOf(from, fit.coefficients);
  const coefficients = new Float64Array(sizeOf(order));
  const into = partsOf(order, coefficients);
  for (const part of ['ar', 'ma', 'sar', 'sma'] as const) into[part].set(old[part].subarray(0, into[part].length));
  // Part of a stationary set need not be one.
  if (!isAdmissible(order, coefficients)) coefficients.fill(0);
  return { coefficients, mean: order.mean ? fit.mean : 0 };
}
