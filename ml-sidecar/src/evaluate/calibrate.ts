import type { Choice, ChoiceBucket, Forecaster, FittedForecaster } from '../forecasters/forecaster.ts';
import { climatology } from '../forecasters/climatology.ts';
import { lastValue } from '../forecasters/last-value.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { pinballLoss } from '../stats/pinball.ts';
import { quantileInPlace } from '../stats/quantile.ts';
import type { Ramp } from '../stats/ramp.ts';
import type { Forecast, Series } from '../stats/series.ts';
import { prefixOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { missMemoryOf, structureOf } from '../stats/variogram.ts';
import type { MissMemory } from '../stats/variogram.ts';
import { heldBackOrigins } from './origins.ts';

/** Values between which a series physically stays. Either may be infinite. */
export type Bounds = readonly [lowest: number, highest: number];

export interface CalibrationOptions {
  /** Farthest step that will be asked for. */
  readonly horizonSteps: number;
  /** Absent: no bound. */
  readonly bounds?: Bounds;
  /** `choice` of the last fit of the same series, for a forecaster that compares others. */
  readonly previous?: Choice;
}

/** A fit whose bands have been held against origins it had not seen. */
export interface CalibratedForecaster extends FittedForecaster {
  /** Name of the forecaster. */
  readonly model: string;
  /** 1 − pinball loss / pinball loss of seasonal naive on the held-back origins; 0 where the history is too short to hold any back. */
  readonly skill: number;
  /** The same against the better of seasonal naive and last value: what the model knows that no rule of thumb does. */
  readonly skillOverNaive: number;
  /** Whether the series is white noise or a random walk, or nothing was gained over the rules of thumb: then page nobody on it. */
  readonly unforecastable: boolean;
  /** Why it is, in words; absent where it is not. */
  readonly because?: string;
  /** Share of held-back samples inside the bands of 50, 80 and 95 % after calibration; NaN where there were none. */
  readonly coverage: readonly number[];
  /** How misses carry on from step to step; also part of each forecast. */
  readonly misses: MissMemory;
  /** How many origins were held back. */
  readonly origins: number;
}

/** Held-back origins per fit. */
export const MOST_ORIGINS = 6;
/** What the model's own band weighs against the held-back origins, counted in origins. */
const PRIOR_ORIGINS = 8;
/** Skill over what knows least at or below which a forecast says no more than it. */
const LEAST_SKILL = 0.05;
/** Origins a choice must have compared before want of skill is a verdict. */
const LEAST_ORIGINS = 3;

/**
 * Fits `forecaster` to `series` and to earlier parts of it, measures there how well it forecast what came next, and widens or
 * narrows its bands by what it finds, lead by lead (split conformal prediction per bucket of leads, drawn towards the model's
 * own band where few origins could be held back). Forecasts stay within the bounds, ordered and finite. Throws what
 * `forecaster.fit` throws.
 */
export function fitCalibrated(forecaster: Forecaster, series: Series, options: CalibrationOptions): CalibratedForecaster {
  const fitted = forecaster.fit(series, options.horizonSteps, options.previous);
  if (fitted.choice) return fromChoice(forecaster.name, fitted, fitted.choice, series, options.bounds);
  const held = backtest(forecaster, series, options.horizonSteps);
  const factors = bucketFactors(held, options.horizonSteps);
  const rival = Math.min(held.seasonalLoss, held.lastLoss);
  const skillOverNaive = held.origins > 0 ? skillAgainst(held.loss, rival) : 0;
  const misses = missMemoryOf(series);
  const least = Math.min(held.climatologyLoss, held.lastLoss);
  const because = verdict(series, held.origins > 0 && skillAgainst(held.loss, least) <= LEAST_SKILL);
  const unforecastable = because !== undefined;
  return {
    model: forecaster.name,
    misses,
    origins: held.origins,
    skill: held.origins > 0 ? skillAgainst(held.loss, held.seasonalLoss) : 0,
    skillOverNaive,
    unforecastable,
    ...(because ? { because } : {}),
    coverage: coverageOf(held, factors),
    forecast(steps, levels) {
      return { ...calibrated(fitted, steps, levels, factors, options.bounds), misses, unforecastable };
    },
  };
}

/** A fit that has compared others and calibrated its bands by itself needs no second judge. */
function fromChoice(model: string, fitted: FittedForecaster, choice: Choice, series: Series, bounds?: Bounds): CalibratedForecaster {
  const seen = choice.buckets.filter((bucket) => bucket.origins > 0);
  // Buckets judge leads from minutes to days: each counts alike, relative to what the rules of thumb lost there.
  const mean = (of: (bucket: ChoiceBucket) => number): number =>
    seen.reduce((sum, bucket) => sum + of(bucket), 0) / Math.max(1, seen.length);
  const misses = fitted.ramp ? alongRamp(fitted.ramp) : missMemoryOf(series);
  const skillOverNaive = mean((bucket) =>
    skillAgainst(bucket.loss, Math.min(bucket.losses[seasonalNaive.name], bucket.losses[lastValue.name])),
  );
  const because = fitted.ramp ? undefined : verdict(series, choice.origins >= LEAST_ORIGINS && seen.every(knowsNothing));
  const unforecastable = because !== undefined;
  return {
    model,
    origins: choice.origins,
    skill: mean((bucket) => skillAgainst(bucket.loss, bucket.losses[seasonalNaive.name])),
    skillOverNaive,
    unforecastable,
    ...(because ? { because } : {}),
    coverage: [0, 1, 2].map((band) => (seen.length > 0 ? mean((bucket) => bucket.coverage[band]) : NaN)),
    choice,
    ...(fitted.ramp ? { ramp: fitted.ramp } : {}),
    misses,
    forecast: (steps, levels) => ({ ...calibrated(fitted, steps, levels, UNCHANGED, bounds), misses, unforecastable }),
  };
}

/** Why nobody should be paged on the forecast of `series`; nothing where it may be believed. */
function verdict(series: Series, knowsNoMore: boolean): string | undefined {
  const structure = structureOf(series);
  if (structure === 'white noise') return 'white noise: what has been is all that can be known';
  if (structure === 'random walk') return 'a random walk: where it is, is all that can be known';
  return knowsNoMore ? 'no model knew more than a rule of thumb' : undefined;
}

/**
 * A ramp leads where the past has not been: how often a limit was passed before says nothing. What lies around its line is
 * forgotten, whether it goes on is settled once.
 */
function alongRamp({ noise }: Ramp): MissMemory {
  return { noise, carried: 1, peaks: new Float64Array(0), troughs: new Float64Array(0), spanSeconds: 1 };
}

/**
 * Whether what was issued for the leads of a bucket knew no more than what has been (climatology, as good as can be on white noise)
 * or where the series is (last value, on a random walk). One bucket that knows more is enough: a disk that fills slowly is where
 * it is in the next hour and somewhere else tomorrow. Seasonal naive is not the bar: who repeats it well has forecast well.
 */
function knowsNothing({ loss, losses }: ChoiceBucket): boolean {
  return skillAgainst(loss, Math.min(losses[climatology.name], losses[lastValue.name])) <= LEAST_SKILL;
}

const UNCHANGED = Float64Array.of(1);

function skillAgainst(loss: number, reference: number): number {
  if (reference > 0) return 1 - loss / reference;
  return loss > 0 ? -1 : 0;
}

/** What the held-back origins showed. */
interface Backtest {
  readonly origins: number;
  readonly loss: number;
  readonly seasonalLoss: number;
  readonly lastLoss: number;
  readonly climatologyLoss: number;
  /** Per held-back sample: its lead, and where it fell relative to the median, in widths of the 80 % band on its side. */
  readonly leads: number[];
  readonly scores: number[];
  /** Per held-back sample: the 50 and 95 % band on its side in widths of the 80 % band. */
  readonly inner: number[];
  readonly outer: number[];
}

function backtest(forecaster: Forecaster, series: Series, horizonSteps: number): Backtest {
  const total = {
    origins: 0,
    loss: 0,
    seasonalLoss: 0,
    lastLoss: 0,
    climatologyLoss: 0,
    leads: [],
    scores: [],
    inner: [],
    outer: [],
  } satisfies Backtest;
  const sums: { -readonly [key in keyof Backtest]: Backtest[key] } = total;
  for (const origin of heldBackOrigins(series.values.length, horizonSteps, 2 * forecaster.minSamples, MOST_ORIGINS)) {
    if (series.weights && series.weights[origin] < 0.5) continue;
    const past = prefixOf(series, origin);
    const steps = Math.min(horizonSteps, series.values.length - 1 - origin);
    const run = (model: Forecaster): Forecast | null => tryForecast(model, past, horizonSteps, steps);
    const forecast = run(forecaster);
    const seasonal = run(seasonalNaive);
    const last = run(lastValue);
    const usual = run(climatology);
    if (!forecast || !seasonal || !last || !usual) continue;
    sums.origins++;
    sums.loss += lossOf(forecast, series, origin);
    sums.seasonalLoss += lossOf(seasonal, series, origin);
    sums.lastLoss += lossOf(last, series, origin);
    sums.climatologyLoss += lossOf(usual, series, origin);
    collectScores(forecast, series, origin, sums);
  }
  return sums;
}

/** Null where an early origin left the model too few samples. */
function tryForecast(model: Forecaster, past: Series, horizonSteps: number, steps: number): Forecast | null {
  try {
    return model.fit(past, horizonSteps).forecast(steps, SPREAD_LEVELS);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether a value of the series may be held against a forecast: finite and not written off as an outage. */
function counts(series: Series, i: number): boolean {
  return Number.isFinite(series.values[i]) && (series.weights === undefined || series.weights[i] >= 0.5);
}

function lossOf(forecast: Forecast, series: Series, origin: number): number {
  let loss = 0;
  for (let i = 0; i < forecast.levels.length; i++) {
    const row = forecast.rows[i];
    for (let h = 0; h < row.length; h++) {
      if (counts(series, origin + 1 + h)) loss += pinballLoss(series.values[origin + 1 + h], row[h], forecast.levels[i]);
    }
  }
  return loss;
}

function collectScores(forecast: Forecast, series: Series, origin: number, into: Backtest): void {
  const [q025, q10, q25, q50, q75, q90, q975] = forecast.rows;
  for (let h = 0; h < q50.length; h++) {
    if (!counts(series, origin + 1 + h)) continue;
    const miss = series.values[origin + 1 + h] - q50[h];
    const [inner, middle, outer] = miss >= 0 ? [q75, q90, q975] : [q25, q10, q025];
    const width = Math.abs(middle[h] - q50[h]);
    into.leads.push(h + 1);
    into.scores.push(width > 0 ? Math.abs(miss) / width : miss === 0 ? 0 : Infinity);
    into.inner.push(width > 0 ? Math.abs(inner[h] - q50[h]) / width : 1);
    into.outer.push(width > 0 ? Math.abs(outer[h] - q50[h]) / width : 1);
  }
}

/** Bucket of a lead: 1, 2–3, 4–7, 8–15, … */
function bucketOf(lead: number): number {
  return 31 - Math.clz32(lead);
}

/** By how much each bucket's bands are to be widened: where 80 % of the held-back samples fell, against where they should have. */
function bucketFactors(held: Backtest, horizonSteps: number): Float64Array {
  const buckets = bucketOf(Math.max(1, horizonSteps)) + 1;
  const factors = new Float64Array(buckets).fill(1);
  const pool = new Float64Array(held.scores.length);
  for (let b = 0; b < buckets; b++) {
    let count = 0;
    held.scores.forEach((score, i) => {
      if (bucketOf(held.leads[i]) === b && Number.isFinite(score)) pool[count++] = score;
    });
    if (count === 0) continue;
    const wanted = Math.max(0.3, Math.min(5, quantileInPlace(pool, count, 0.8)));
    const origins = Math.min(held.origins, count);
    factors[b] = (origins * wanted + PRIOR_ORIGINS) / (origins + PRIOR_ORIGINS);
  }
  return factors;
}

function coverageOf(held: Backtest, factors: Float64Array): [number, number, number] {
  const inside: [number, number, number] = [0, 0, 0];
  held.scores.forEach((score, i) => {
    const factor = factors[bucketOf(held.leads[i])];
    if (score <= held.inner[i] * factor) inside[0]++;
    if (score <= factor) inside[1]++;
    if (score <= held.outer[i] * factor) inside[2]++;
  });
  const n = held.scores.length;
  return [inside[0] / n, inside[1] / n, inside[2] / n];
}

/** The model's own forecast with its distance from the median scaled bucket by bucket, kept in bounds and in order. */
function calibrated(fitted: FittedForecaster, steps: number, levels: readonly number[], factors: Float64Array, bounds?: Bounds): Forecast {
  const own = fitted.forecast(steps, levels);
  const [median] = fitted.forecast(steps, [0.5]).rows;
  const lowest = bounds?.[0] ?? -Infinity;
  const highest = bounds?.[1] ?? Infinity;
  for (let h = 0; h < steps; h++) {
    const factor = factorAt(factors, h + 1);
    const centre = median[h];
    let below = -Infinity;
    for (const row of own.rows) {
      below = Math.max(below, Math.max(lowest, Math.min(highest, centre + factor * (row[h] - centre))));
      row[h] = below;
    }
  }
  return own;
}

/** Factor at a lead: interpolated between the middles of the buckets, so that bands have no steps. */
function factorAt(factors: Float64Array, lead: number): number {
  const place = Math.max(0, Math.min(factors.length - 1, Math.log2(lead / 1.4)));
  const below = Math.floor(place);
  const above = Math.min(factors.length - 1, below + 1);
  return factors[below] + (place - below) * (factors[above] - factors[below]);
}
