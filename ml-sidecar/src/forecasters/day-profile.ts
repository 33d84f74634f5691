import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { daySlot } from '../stats/wall-clock.ts';
import { shiftAt, weekendShift } from '../stats/weekend.ts';
import { dayProfile } from '../stats/profile.ts';
import { medianInPlace } from '../stats/quantile.ts';
import { copyFinite } from '../stats/finite.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { anchorsUpTo, learnSpread, spreadAround } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';

/**
 * What is usual at this time of the day (and on this kind of day, where two weeks show that weekends differ), corrected by how
 * far the series now lies from it; the correction decays with the lead as fast as it did in the past. Robust: medians over days
 * and clipped deviations. Fails where the cycle is not a day, or where the shape itself changes from day to day. Before a day
 * and a half of history it is `last-value`.
 */
export const dayProfileForecaster: Forecaster = {
  name: 'day-profile',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: (series, horizonSteps) => fitDayProfile(series, horizonSteps),
};

/** Errors taken per lead. */
const MOST_ERRORS = 220;
/** Time constants, in seconds, of the two running means of the deviation: what just happened, and the level of the day. */
const FAST_SECONDS = 1_200;
const SLOW_SECONDS = 21_600;
/** Deviations are clipped at this many robust standard deviations before they enter the running means. */
const CLIP = 4;

const known = createWorkspace();
const scratch = createWorkspace();
const fastLevel = createWorkspace();
const slowLevel = createWorkspace();

/** As `fit`; `usual`: the profile of the day of the same series, where a caller has it already. */
export function fitDayProfile(
  series: Series,
  horizonSteps = Math.max(1, Math.round(86_400 / series.step)),
  usual: Float64Array | null = null,
): FittedForecaster {
  const n = series.values.length;
  const values = known.take(n);
  const count = copyLearnable(series, values);
  requireSamples('day-profile', count, dayProfileForecaster.minSamples);
  const { day } = seasonsOf(series.step);
  if (day === 0 || count < 1.5 * day) return lastValue.fit(series, horizonSteps);
  const profile = usual ?? dayProfile(series, values, day, Math.round(day / 240));
  const free = weekendShift(series, values, profile, day);
  for (let i = 0; i < n; i++) values[i] -= profile[daySlot(series, i, day)] + shiftAt(series, free, i);
  const days = Math.max(1.5, count / day);
  const correction = learnCorrection(values, n, series.step, Math.min(horizonSteps, day), Math.sqrt((days + 1) / (days - 0.5)));
  const { step } = series;
  const start = originOf(series) + step;
  const at = (h: number): number => profile[daySlot(series, n - 1 + h, day)] + shiftAt(series, free, n - 1 + h);
  return {
    forecast(steps, levels) {
      const centre = new Float64Array(steps);
      for (let h = 1; h <= steps; h++) centre[h - 1] = at(h) + correctionAt(correction, h);
      return spreadAround({ start, step, levels }, centre, correction);
    },
  };
}

/** How the deviation of now carries on, and what remains unexplained, per lead. */
interface Correction {
  readonly anchors: readonly number[];
  /** What the deviation of now adds at each anchor. */
  readonly carried: Float64Array;
  readonly spreads: Float64Array;
  readonly growth: number;
}

function correctionAt({ anchors, carried }: Correction, h: number): number {
  const last = anchors.length - 1;
  if (h >= anchors[last]) return carried[last];
  let below = 0;
  while (anchors[below + 1] <= h) below++;
  const share = (h - anchors[below]) / (anchors[below + 1] - anchors[below]);
  return carried[below] + share * (carried[below + 1] - carried[below]);
}

/** Regresses the deviation some leads later on its two running means, lead by lead; keeps the spread of what remains. */
function learnCorrection(deviations: Float64Array, n: number, step: number, farthest: number, inflation: number): Correction {
  const into = scratch.take(Math.max(n, 2 * MOST_ERRORS));
  const count = copyFinite(deviations, 0, n, into);
  for (let i = 0; i < count; i++) into[i] = Math.abs(into[i]);
  const clip = CLIP * 1.4826 * medianInPlace(into, count);
  const fast = fastLevel.take(n);
  const slow = slowLevel.take(n);
  runningMean(deviations, n, step / FAST_SECONDS, clip, fast);
  runningMean(deviations, n, step / SLOW_SECONDS, clip, slow);
  const anchors = anchorsUpTo(farthest);
  const carried = new Float64Array(anchors.length);
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  anchors.forEach((lead, a) => {
    const [onFast, onSlow] = regress(deviations, fast, slow, n, lead, clip);
    let errors = 0;
    const stride = Math.max(1, Math.floor((n - lead) / MOST_ERRORS));
    for (let i = n - 1 - lead; i >= 0 && errors < MOST_ERRORS; i -= stride) {
      const error = deviations[i + lead] - onFast * fast[i] - onSlow * slow[i];
      if (!Number.isNaN(error)) into[errors++] = error;
    }
    learnSpread(into, errors, spreads, a, inflation, false);
    carried[a] = onFast * fast[n - 1] + onSlow * slow[n - 1];
  });
  return { anchors, carried, spreads, growth: 0 };
}

/** Exponential running mean with the time constant 1 / `rate` steps, each value clipped at ±`clip` around it; holds still through gaps. */
function runningMean(values: Float64Array, n: number, rate: number, clip: number, into: Float64Array): void {
  const alpha = 1 - Math.exp(-rate);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    const value = values[i];
    if (!Number.isNaN(value)) mean += alpha * Math.max(-clip, Math.min(clip, value - mean));
    into[i] = mean;
  }
}

/** Least squares of the clipped deviation `lead` steps on, on two running means, slightly drawn to zero; each share within [−0.5, 1]. */
function regress(
  deviations: Float64Array,
  fast: Float64Array,
  slow: Float64Array,
  n: number,
  lead: number,
  clip: number,
): [number, number] {
  let ff = 0;
  let ss = 0;
  let fs = 0;
  let fy = 0;
  let sy = 0;
  const stride = Math.max(1, Math.floor((n - lead) / MOST_ERRORS));
  for (let i = n - 1 - lead; i >= 0; i -= stride) {
    if (Number.isNaN(deviations[i + lead])) continue;
    const f = fast[i];
    const s = slow[i];
    const y = s + Math.max(-clip, Math.min(clip, deviations[i + lead] - s));
    ff += f * f;
    ss += s * s;
    fs += f * s;
    fy += f * y;
    sy += s * y;
  }
  ff *= 1.02;
  ss *= 1.02;
  const determinant = ff * ss - fs * fs;
  if (!(determinant > 0)) return [0, 0];
  const bound = (share: number): number => Math.max(-0.5, Math.min(1, share));
  return [bound((fy * ss - sy * fs) / determinant), bound((sy * ff - fy * fs) / determinant)];
}
