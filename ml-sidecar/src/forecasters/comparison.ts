import { pinballLoss } from '../stats/pinball.ts';
import type { Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import type { MemberRows } from './blend.ts';
import type { Choice, ChoiceBucket } from './forecaster.ts';
import { lastValue } from './last-value.ts';
import { MEMBERS } from './members.ts';

/** Leads that are judged alike end here. */
const BUCKET_SECONDS = [3600, 21_600, 86_400, Number.MAX_SAFE_INTEGER] as const;
/** What the losses so far keep of their weight when a new origin comes. */
const KEPT = 0.85;
/** What the prior weights count for, in origins. */
const PRIOR_ORIGINS = 4;
/** Power of (mean loss / loss) that multiplies a prior weight. */
const SHARPNESS = 2;
/** A rule of thumb joins where its loss is below this share of the blend's, and stays until it is no longer below it. */
const JOINS_BELOW = 0.97;
/** What a rule of thumb weighs when it joins; more where the models lose more: a disk that fills knows nothing but its slope. */
const JOINING_WEIGHT = 2;
const HIGHEST_GAIN = 5;
/** Origins before a rule of thumb may join. */
const JOINS_AFTER = 2;
/** Step of the adaptive widths, in logarithm for a whole miss of coverage. */
const ADAPT = 0.2;
const NOMINAL = [0.5, 0.8, 0.95] as const;
/** Widths before anything was learnt: members agree less with the truth than with each other a day ahead. */
const FIRST_WIDTHS = [
  [1, 1, 1],
  [1, 1, 1.05],
  [1.02, 1.04, 1.12],
  [1.05, 1.08, 1.15],
] as const;

/** Places `from` to `to` (exclusive) among the ascending `leads` that belong to bucket `b`. */
export function bucketRange(b: number, step: number, leads: Int32Array): readonly [from: number, to: number] {
  const end = (seconds: number): number => {
    let k = 0;
    while (k < leads.length && (leads[k] * step <= seconds || leads[k] === 1)) k++;
    return k;
  };
  return [b === 0 ? 0 : end(BUCKET_SECONDS[b - 1]), end(BUCKET_SECONDS[b])];
}

/** Before anything has been compared: the prior weights. */
export function firstChoice(): Choice {
  const total = MEMBERS.reduce((sum, member) => sum + member.prior, 0);
  const buckets = BUCKET_SECONDS.map((untilSeconds, b): ChoiceBucket => {
    const weights = Object.fromEntries(MEMBERS.map((member) => [member.name, member.prior / total]));
    return { untilSeconds, origins: 0, losses: {}, weights, loss: 0, widths: FIRST_WIDTHS[b], coverage: NOMINAL };
  });
  return { comparedAt: Number.MIN_SAFE_INTEGER, origins: 0, buckets };
}

/** What was forecast for `leads` after index `origin` of `series`, by each member and by the blend as it was issued. */
export interface ComparedRun {
  readonly series: Series;
  readonly origin: number;
  readonly leads: Int32Array;
  readonly source: MemberRows;
  readonly blend: Float64Array;
}

/** Takes up one more run and what then came. */
export function compare(choice: Choice, run: ComparedRun): Choice {
  const { series, origin, leads } = run;
  const buckets = choice.buckets.map((bucket, b) => {
    const [from, to] = bucketRange(b, series.step, leads);
    return compareBucket(bucket, run, from, to);
  });
  return { comparedAt: series.start + origin * series.step, origins: choice.origins + 1, buckets };
}

function compareBucket(bucket: ChoiceBucket, run: ComparedRun, from: number, to: number): ChoiceBucket {
  const { source, blend } = run;
  const { steps, rows } = source;
  const size = SPREAD_LEVELS.length * steps;
  const loss = meanLoss(run, blend, from, to);
  if (Number.isNaN(loss)) return bucket;
  const kept = bucket.origins === 0 ? 0 : KEPT;
  const mix = (before: number | undefined, now: number): number => (before === undefined ? now : kept * before + (1 - kept) * now);
  const losses = Object.fromEntries(
    MEMBERS.map(({ name }, m) => [name, mix(bucket.losses[name], meanLoss(run, rows.subarray(m * size, (m + 1) * size), from, to))]),
  );
  const covered = coverageOf(run, from, to);
  const next = { ...bucket, origins: bucket.origins + 1, losses, loss: mix(bucket.origins > 0 ? bucket.loss : undefined, loss) };
  const each = (update: (band: number) => number): [number, number, number] => [update(0), update(1), update(2)];
  return {
    ...next,
    weights: weightsOf(next),
    coverage: each((band) => mix(bucket.origins > 0 ? bucket.coverage[band] : undefined, covered[band])),
    widths: each((band) => Math.max(0.5, Math.min(4, bucket.widths[band] * Math.exp(ADAPT * (NOMINAL[band] - covered[band]))))),
  };
}

/** Mean pinball loss over the levels and the known samples of steps `from` to `to`; NaN where none is known. */
function meanLoss({ series, origin, leads }: ComparedRun, rows: Float64Array, from: number, to: number): number {
  const steps = leads.length;
  let sum = 0;
  let count = 0;
  for (let k = from; k < to; k++) {
    const observed = observedAt(series, origin + leads[k]);
    if (Number.isNaN(observed)) continue;
    count++;
    for (let level = 0; level < SPREAD_LEVELS.length; level++) sum += pinballLoss(observed, rows[level * steps + k], SPREAD_LEVELS[level]);
  }
  return sum / (count * SPREAD_LEVELS.length);
}

/** NaN for what is not there, not finite, or written off as an outage. */
function observedAt(series: Series, i: number): number {
  if (i >= series.values.length || (series.weights && series.weights[i] < 0.5)) return NaN;
  return Number.isFinite(series.values[i]) ? series.values[i] : NaN;
}

function coverageOf({ series, origin, leads, blend: rows }: ComparedRun, from: number, to: number): [number, number, number] {
  const steps = leads.length;
  const inside: [number, number, number] = [0, 0, 0];
  let count = 0;
  for (let k = from; k < to; k++) {
    const observed = observedAt(series, origin + leads[k]);
    if (Number.isNaN(observed)) continue;
    count++;
    for (let band = 0; band < 3; band++) {
      if (observed >= rows[(2 - band) * steps + k] && observed <= rows[(4 + band) * steps + k]) inside[band]++;
    }
  }
  return [inside[0] / count, inside[1] / count, inside[2] / count];
}

/** Prior weight times evidence; rules of thumb where they win. */
function weightsOf(bucket: ChoiceBucket): Record<string, number> {
  const { losses, origins } = bucket;
  const blended = MEMBERS.filter(({ prior }) => prior > 0);
  const usual = blended.reduce((sum, { name }) => sum + losses[name], 0) / blended.length;
  const bestRule = MEMBERS.reduce((best, { name, prior }) => (prior > 0 ? best : Math.min(best, losses[name])), Infinity);
  const raw = MEMBERS.map(({ name, prior }): number => {
    if (prior > 0) {
      const relative = usual > 0 ? losses[name] / usual : 1;
      return prior * ((PRIOR_ORIGINS + origins) / (PRIOR_ORIGINS + origins * Math.max(0.05, relative))) ** SHARPNESS;
    }
    const bar = bucket.weights[name] > 0 ? 1 : JOINS_BELOW;
    // Without a cycle it is the last value by another name.
    if (name === 'cycle' && losses[name] === losses[lastValue.name]) return 0;
    if (origins < JOINS_AFTER || losses[name] >= bar * bucket.loss) return 0;
    const gain = losses[name] > 0 ? Math.min(HIGHEST_GAIN, Math.max(1, usual / losses[name])) : HIGHEST_GAIN;
    const amongRules = losses[name] > 0 ? bestRule / losses[name] : 1;
    return JOINING_WEIGHT * (gain * amongRules) ** SHARPNESS;
  });
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(MEMBERS.map(({ name }, m) => [name, raw[m] / total]));
}
