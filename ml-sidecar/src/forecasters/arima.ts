import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { dayProfile } from '../stats/profile.ts';
import { quantileInPlace } from '../stats/quantile.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { daySlot } from '../stats/wall-clock.ts';
import { fromWorking, toWorking, workingScaleOf } from '../stats/working-scale.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { fitCss } from './arima-css.ts';
import type { CssFit } from './arima-css.ts';
import { cssAhead, refined, undifferenced } from './arima-estimate.ts';
import { differenced, differences, shockWeights } from './arima-model.ts';
import type { ArimaOrder } from './arima-model.ts';
import { chooseOrder } from './arima-order.ts';
import type { Chosen, SearchLimits } from './arima-order.ts';
import { dayProfileForecaster } from './day-profile.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { anchorsUpTo, learnSpread, spreadAround } from './horizon-spread.ts';
import type { HorizonSpread } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';
import { alongPath } from './path.ts';

/**
 * The seasonal models of Box and Jenkins ("Time Series Analysis", 1976): differences until the level stays (KPSS test, strength of the
 * season), order by the corrected criterion of Akaike in a stepwise search of bounded work (Hyndman and Khandakar 2008),
 * coefficients by least squares given the first values, in short histories by the exact likelihood. Seasons of up to 48 samples are the model's own; of longer ones it sees what
 * a robust profile of the day leaves, and may remember what that was a day ago. Works on a logarithm where values are never negative;
 * shocks beyond five usual sizes are cut, so that one wild sample is not learnt. Bands are past errors at each lead, put together from
 * the shocks by their ψ weights, and not the textbook's, which are far too wide on host metrics. Fails where the day changes its
 * shape, and on counts that are mostly zero. Before a day and a half of history (30 samples where no day can be told) it is `last-value`.
 */
export const arima: Forecaster = {
  name: 'arima',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: false },
  fit: fitArima,
};

/** Longer seasons, in samples, are taken out as a profile of the day before the model sees the series. */
const LONGEST_SEASON = 48;
/** Fewer usable samples are not worth a model. */
const FEWEST = 30;
/** How far the search goes with a season of the model's own, and without one. */
const SHORT: SearchLimits = { near: 3, seasonal: 1, differences: 1, seasonalDifference: true, samples: 1440, work: 300_000 };
const LONG: SearchLimits = { near: 3, seasonal: 1, differences: 1, seasonalDifference: false, samples: 1440, work: 300_000 };
/** Shocks are cut at this many of their usual sizes. */
const CLIP = 5;
/** Errors taken per lead. */
const MOST_ERRORS = 220;

const known = createWorkspace();
const scratch = createWorkspace();

function fitArima(series: Series, horizonSteps?: number): FittedForecaster {
  const { step } = series;
  const values = known.take(series.values.length);
  const samples = copyLearnable(series, values);
  requireSamples('arima', samples, arima.minSamples);
  const { day, week } = seasonsOf(step);
  const season = Math.max(1, day > 0 ? day : week);
  if (samples < Math.max(FEWEST, 1.5 * season)) return lastValue.fit(series, horizonSteps);
  let first = 0;
  while (Number.isNaN(values[first])) first++;
  const count = series.values.length - first;
  const scale = workingScaleOf(values.subarray(first), count);
  const y = Float64Array.from({ length: count }, (_, i) => (Number.isNaN(values[first + i]) ? NaN : toWorking(scale, values[first + i])));
  const whole = { ...series, start: series.start + first * step, values: y };
  const profile = season > LONGEST_SEASON ? dayProfile(whole, y, season, Math.round(season / 240)) : null;
  if (profile) for (let i = 0; i < count; i++) y[i] -= profile[daySlot(whole, i, season)];
  const usual = usualChange(y);
  // The day repeats itself to the last digit, or nothing ever changes.
  if (!(usual > 0)) return dayProfileForecaster.fit(series, horizonSteps);
  const steps = horizonSteps ?? Math.max(1, day);
  const chosen = chooseOrder(y, season, profile ? LONG : SHORT, CLIP * usual);
  const rows = rowsOf(y, chosen, CLIP * usual, steps, Math.sqrt((samples / season + 1) / (samples / season - 0.5)));
  for (let level = 0; level < SPREAD_LEVELS.length; level++) {
    for (let h = 0; h < steps; h++) {
      const usualThen = profile ? profile[daySlot(whole, count + h, season)] : 0;
      rows[level * steps + h] = fromWorking(scale, usualThen + rows[level * steps + h]);
    }
  }
  return alongPath({ start: originOf(series) + step, step, steps, rows, day: Math.max(1, day) });
}

/** Size of the usual change from one sample to the next, as a standard deviation of what surprises; Infinity where most do not change, 0 where none does. */
function usualChange(y: Float64Array): number {
  const into = scratch.take(y.length);
  let found = 0;
  let largest = 0;
  for (let i = 1; i < y.length; i++) {
    const change = Math.abs(y[i] - y[i - 1]);
    if (Number.isNaN(change)) continue;
    into[found++] = change;
    largest = Math.max(largest, change);
  }
  const median = found > 0 ? quantileInPlace(into, found, 0.5) : 0;
  return median > 0 ? (1.4826 * median) / Math.SQRT2 : largest > 0 ? Infinity : 0;
}

/** Quantiles of the next `steps` at the spread levels: what the model expects, and around it what it missed at each lead in the past. */
function rowsOf(y: Float64Array, { order, fit }: Chosen, clip: number, steps: number, inflation: number): Float64Array {
  const polynomial = differences(order);
  const left = differenced(y, polynomial);
  const series = { values: left, from: Math.min(order.p + order.P * order.season, left.length >> 2), clip };
  const last = refined(series, order, fitCss(series, order, fit));
  const filled = filledBy(y, polynomial, last);
  const centre = undifferenced(filled, polynomial, cssAhead(last, order, steps), last.mean);
  const { rows } = spreadAround({ start: 0, step: 1, levels: SPREAD_LEVELS }, centre, pastErrors(y, order, last, left, steps, inflation));
  const into = new Float64Array(SPREAD_LEVELS.length * steps);
  rows.forEach((row, level) => into.set(row, level * steps));
  return into;
}

/** The series with its gaps filled by what was expected of them. */
function filledBy(y: Float64Array, polynomial: Float64Array, { mean, filtered }: CssFit): Float64Array {
  const reach = polynomial.length - 1;
  const into = y.slice();
  let before = y.find((value) => !Number.isNaN(value)) ?? 0;
  for (let t = 0; t < into.length; t++) {
    if (Number.isNaN(into[t])) {
      let value = t < reach ? before : filtered.centred[t - reach] + mean;
      if (t >= reach) for (let lag = 1; lag <= reach; lag++) value -= polynomial[lag] * into[t - lag];
      into[t] = value;
    }
    before = into[t];
  }
  return into;
}

/**
 * The spread of errors at some leads, over many past origins. An error some steps ahead is the sum of the shocks in between by their
 * ψ weights; what was cut off a shock lasts only where differences carry it on.
 */
function pastErrors(y: Float64Array, order: ArimaOrder, last: CssFit, left: Float64Array, steps: number, inflation: number): HorizonSpread {
  const { coefficients, mean, filtered } = last;
  const reach = y.length - left.length;
  const psi = shockWeights(order, coefficients, steps);
  const plain = { ...order, p: 0, q: 0, P: 0, Q: 0 };
  const carried = shockWeights(plain, new Float64Array(0), steps);
  const cut = left.map((value, t) => (Number.isNaN(value) ? 0 : value - mean - filtered.centred[t]));
  const from = order.p + order.P * order.season;
  const anchors = anchorsUpTo(Math.max(1, Math.min(steps, (left.length - from) >> 1)));
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  const errors = scratch.take(MOST_ERRORS + 1);
  anchors.forEach((lead, a) => {
    const stride = Math.max(1, Math.ceil((left.length - from - lead) / MOST_ERRORS));
    let found = 0;
    for (let t = left.length - 1; t - lead >= from && found < MOST_ERRORS; t -= stride) {
      if (Number.isNaN(y[t + reach])) continue;
      let error = 0;
      for (let j = 0; j < lead; j++) error += psi[j] * filtered.shocks[t - j] + carried[j] * cut[t - j];
      errors[found++] = error;
    }
    learnSpread(errors, found, spreads, a, inflation, false);
  });
  return { anchors, spreads, growth: order.d + order.D > 0 ? 0.5 : 0 };
}
