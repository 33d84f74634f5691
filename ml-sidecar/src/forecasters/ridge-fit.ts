import { solveCholesky } from '../stats/cholesky.ts';
import { SPREAD_LEVELS, writeSpread } from '../stats/spread.ts';
import { weightedGram } from '../stats/weighted-gram.ts';
import type { CausalView } from './causal-view.ts';
import { FEATURES, usualAt, writeOriginFeatures, writeTargetFeatures } from './ridge-features.ts';

/** What the ridge has learnt, lead by lead. */
export interface RidgeFit {
  /** Leads in steps, ascending, each about three times the one before. */
  readonly leads: readonly number[];
  /** `FEATURES` coefficients a lead: the expected deviation from the profile. */
  readonly location: Float64Array;
  /** `SCALES` coefficients a lead: the expected absolute error. The last one is its mean. */
  readonly scale: Float64Array;
  /** Seven quantiles a lead (the spread levels): error / expected absolute error. */
  readonly shape: Float64Array;
}

export const SCALES = 5;

/** Next lead / lead. */
const RATIO = 3;
/** Pairs of origin and target a lead. */
const MOST_PAIRS = 300;
/** Rounds of reweighting; each lead but the first starts from the weights of the one before. */
const ROUNDS = 2;
const FIRST_ROUNDS = 4;
/** Errors above this many mean absolute errors weigh as in least absolute deviations. */
const ROBUST = 0.4;
/** Strength of the pull to "as the profile says", now and a day ahead: neighbouring far targets tell nearly the same. */
const PULL_NEAR = 0.003;
const PULL_FAR = 0.07;
/** In-sample errors are too small, the more so the fewer independent targets there were. */
const WIDEN = 1.06;
const WIDEN_FAR = 1.4;

/** One column a feature. */
const features = Array.from({ length: FEATURES }, () => new Float64Array(MOST_PAIRS));
const weighted = Array.from({ length: 3 }, () => new Float64Array(MOST_PAIRS));
const weights = new Float64Array(MOST_PAIRS);
const truth = new Float64Array(MOST_PAIRS);
const errors = new Float64Array(MOST_PAIRS);
const standard = new Float64Array(MOST_PAIRS);
const scales = new Float64Array(MOST_PAIRS * 4);
const gram = new Float64Array(FEATURES * FEATURES);
const scaleGram = new Float64Array(16);

/** Leads 1, 3, 9, 27 … `farthest`. */
function leadsUpTo(farthest: number): number[] {
  const leads: number[] = [];
  for (let lead = 1; lead * 1.5 <= farthest || lead === 1; lead = Math.round(lead * RATIO)) leads.push(lead);
  if (leads[leads.length - 1] !== farthest) leads.push(farthest);
  return leads;
}

/** Learns from samples before `upto` alone. Needs more than two days. */
export function learnRidge(view: CausalView, upto: number, farthest: number): RidgeFit {
  const leads = leadsUpTo(farthest);
  const location = new Float64Array(leads.length * FEATURES);
  const scale = new Float64Array(leads.length * SCALES);
  const shape = new Float64Array(leads.length * SPREAD_LEVELS.length);
  weights.fill(1);
  let targetDays = 0;
  leads.forEach((lead, l) => {
    const days = Math.ceil(lead / view.day);
    const pairs = collectPairs(view, upto, lead, days !== targetDays);
    targetDays = days;
    const ahead = lead / view.day;
    const beta = location.subarray(l * FEATURES, (l + 1) * FEATURES);
    learnLocation(pairs, l === 0 ? FIRST_ROUNDS : ROUNDS, PULL_NEAR + PULL_FAR * ahead, beta);
    const independent = Math.max(1, (upto / view.day - 2) / Math.max(1, ahead));
    learnScale(pairs, scale.subarray(l * SCALES, (l + 1) * SCALES));
    learnShape(pairs, scale, l, shape, WIDEN + (WIDEN_FAR * Math.min(1, ahead)) / independent);
  });
  return { leads, location, scale, shape };
}

/**
 * Fills the columns with pairs for one lead, newest first; returns how many. Targets are the same for every lead, so that what
 * is known about a target is worked out once for all leads within a day (`fresh` where it must be anew).
 */
function collectPairs(view: CausalView, upto: number, lead: number, fresh: boolean): number {
  const first = Math.min(2 * view.day, Math.floor(upto / 3));
  let stride = Math.max(1, Math.ceil((upto - first) / MOST_PAIRS));
  while (stride > 1 && view.day % stride === 0) stride++;
  let pairs = 0;
  for (let target = upto - 1; target >= first + lead && pairs < MOST_PAIRS; target -= stride) {
    const value = view.y[target];
    if (Number.isNaN(value)) continue;
    const origin = target - lead;
    if (fresh) writeTargetFeatures(view, target, origin, features, pairs);
    writeOriginFeatures(view, origin, features, pairs);
    truth[pairs] = value - features[7][pairs];
    scales[pairs * 4 + 1] = usualAt(view, view.roughness, target, origin);
    scales[pairs * 4 + 2] = view.unrest[origin];
    scales[pairs * 4 + 3] = view.slowUnrest[origin];
    pairs++;
  }
  return pairs;
}

/** Iteratively reweighted ridge regression towards zero; `errors` then hold truth − fitted. */
function learnLocation(pairs: number, rounds: number, pull: number, beta: Float64Array): void {
  errors.set(truth.subarray(0, pairs));
  if (pairs < 3 * FEATURES) return;
  for (let round = 0; round < rounds; round++) {
    weightedGram(features, weights, truth, pairs, gram, beta, weighted);
    const total = gram[0];
    for (let i = 0; i < FEATURES; i++) gram[i * FEATURES + i] += pull * (0.3 * total + (i > 0 ? gram[i * FEATURES + i] : 0)) + 1e-9;
    solveCholesky(gram, beta, FEATURES);
    errors.set(truth.subarray(0, pairs));
    for (let i = 0; i < FEATURES; i++) subtract(features[i], beta[i], pairs);
    let mean = 0;
    for (let p = 0; p < pairs; p++) mean += Math.abs(errors[p]);
    const near = (ROBUST * mean) / pairs + 1e-9;
    for (let p = 0; p < pairs; p++) weights[p] = near / Math.max(near, Math.abs(errors[p]));
  }
}

function subtract(column: Float64Array, times: number, pairs: number): void {
  for (let p = 0; p < pairs; p++) errors[p] -= times * column[p];
}

/** Least squares of the absolute error (capped) on its mean, the roughness of the target's time of day, and the unrest of now. */
function learnScale(pairs: number, into: Float64Array): void {
  let mean = 0;
  for (let p = 0; p < pairs; p++) mean += Math.abs(errors[p]) / pairs;
  mean += 1e-9;
  const right = into.subarray(0, 4);
  scaleGram.fill(0);
  for (let p = 0; p < pairs; p++) {
    scales[p * 4] = mean;
    const size = Math.min(6 * mean, Math.abs(errors[p]));
    for (let i = 0; i < 4; i++) {
      const term = scales[p * 4 + i];
      right[i] += term * size;
      for (let j = 0; j <= i; j++) scaleGram[i * 4 + j] += term * scales[p * 4 + j];
    }
  }
  const pull = 0.02 * Math.max(1, pairs) * mean * mean;
  for (let i = 0; i < 4; i++) scaleGram[i * 4 + i] += pull + 0.02 * scaleGram[i * 4 + i];
  right[0] += pull;
  solveCholesky(scaleGram, right, 4);
  into[4] = mean;
}

/** Expected absolute error from the coefficients at `offset`. Within a quarter and eight times the mean error. */
export function expectedError(scale: Float64Array, offset: number, roughness: number, unrest: number, slowUnrest: number): number {
  const mean = scale[offset + 4];
  const expected = scale[offset] * mean + scale[offset + 1] * roughness + scale[offset + 2] * unrest + scale[offset + 3] * slowUnrest;
  return Math.max(0.25 * mean, Math.min(8 * mean, expected));
}

function learnShape(pairs: number, scale: Float64Array, lead: number, shape: Float64Array, widen: number): void {
  for (let p = 0; p < pairs; p++) {
    standard[p] = errors[p] / expectedError(scale, lead * SCALES, scales[p * 4 + 1], scales[p * 4 + 2], scales[p * 4 + 3]);
  }
  const width = SPREAD_LEVELS.length;
  const offset = lead * width;
  writeSpread(standard, pairs, shape, offset);
  const middle = shape[offset + 3];
  for (let j = 0; j < width; j++) shape[offset + j] = middle + (shape[offset + j] - middle) * widen;
}
