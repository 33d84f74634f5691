import { cycleOf } from '../stats/cycle.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { dayProfile } from '../stats/profile.ts';
import { medianInPlace } from '../stats/quantile.ts';
import { seasonsOf } from '../stats/seasons.ts';
import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { daySlot } from '../stats/wall-clock.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { anchorsUpTo, learnSpread, spreadAround } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';

/**
 * What was seen at the same place of the last cycles, on top of the usual day, where the series has a cycle that is neither day nor
 * week: collectors, log rotation, batch jobs, pumps. The cycle is found by `cycleOf` and need not be a whole number of samples. The
 * median of up to five cycles, with the spread of past errors. Fails where the length of the cycle wanders. Without a cycle, and
 * before there are enough, it is `last-value`.
 */
export const cycle: Forecaster = {
  name: 'cycle',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: (series, horizonSteps) => fitCycle(series, horizonSteps),
};

/** Cycles whose median is taken. */
const MOST_CYCLES = 5;
/** Errors taken per lead. */
const MOST_ERRORS = 120;

const known = createWorkspace();
const errors = createWorkspace();
const pool = new Float64Array(MOST_CYCLES);

/** As `fit`; `usual`: the profile of the day of the same series, `fallback`: `last-value` fitted to it, where a caller has them already. */
export function fitCycle(
  series: Series,
  horizonSteps?: number,
  usual: Float64Array | null = null,
  fallback?: FittedForecaster,
): FittedForecaster {
  const n = series.values.length;
  const values = known.take(n);
  const samples = copyLearnable(series, values);
  requireSamples('cycle', samples, cycle.minSamples);
  const { day } = seasonsOf(series.step);
  const whole = takeDayOut(series, values, samples, usual);
  const span = cycleOf(values, n);
  if (span === 0) return fallback ?? lastValue.fit(series, horizonSteps);
  // Few days leave traces of the cycle in the profile of the day; its mean over a whole cycle has none.
  const profile = whole && smoothed(whole, Math.round(span));
  if (whole && profile) for (let i = 0; i < n; i++) values[i] += differenceAt(series, i, whole, profile);
  const farthest = horizonSteps ?? Math.max(1, day);
  const anchors = anchorsUpTo(farthest);
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  anchors.forEach((lead, a) => {
    const found = collectErrors(values, n, span, lead);
    learnSpread(errors.take(0), found, spreads, a, 1.1, false);
  });
  const { step } = series;
  const start = originOf(series) + step;
  const shape = Float64Array.from({ length: Math.ceil(span) }, (_, k) => seenAt(values, n - 1, k + 1, span));
  const at = (h: number): number => (profile ? profile[daySlot(series, n - 1 + h, profile.length)] : 0) + shape[placeIn(h, span)];
  return {
    forecast: (steps, levels) =>
      spreadAround(
        { start, step, levels },
        Float64Array.from({ length: steps }, (_, h) => at(h + 1)),
        { anchors, spreads, growth: 0 },
      ),
  };
}

/** Seconds of the cycle that is neither day nor week which `series` goes through; undefined where none is found, or too little is known. */
export function cycleSecondsOf(series: Series): number | undefined {
  const n = series.values.length;
  const values = known.take(n);
  const samples = copyLearnable(series, values);
  if (samples < cycle.minSamples) return undefined;
  takeDayOut(series, values, samples, null);
  return cycleOf(values, n) * series.step || undefined;
}

/** Subtracts the usual day, by `usual` where it is known, from `values`, of which `samples` are known; gives it. Null where too few are. */
function takeDayOut(series: Series, values: Float64Array, samples: number, usual: Float64Array | null): Float64Array | null {
  const { day } = seasonsOf(series.step);
  const whole = usual ?? (day > 0 && samples >= 1.5 * day ? dayProfile(series, values, day, Math.round(day / 240)) : null);
  if (whole) for (let i = 0; i < series.values.length; i++) values[i] -= whole[daySlot(series, i, whole.length)];
  return whole;
}

/** Mean over `reach` neighbours around each place of a circle. */
function smoothed(circle: Float64Array, reach: number): Float64Array {
  const size = circle.length;
  const width = Math.min(reach, size);
  const from = -(width >> 1);
  return circle.map((_, k) => {
    let mean = 0;
    for (let d = from; d < from + width; d++) mean += circle[(k + d + 2 * size) % size] / width;
    return mean;
  });
}

function differenceAt(series: Series, i: number, whole: Float64Array, profile: Float64Array): number {
  const slot = daySlot(series, i, whole.length);
  return whole[slot] - profile[slot];
}

/** Which of the first steps after the origin lies at the same place of the cycle as step `h`, from 0. */
function placeIn(h: number, span: number): number {
  const rest = h - span * Math.ceil(h / span - 1);
  return Math.max(0, Math.min(Math.ceil(span) - 1, Math.round(rest) - 1));
}

/** Median of what was seen at the place in the cycle of step `h` after index `origin`, in whole cycles before; 0 where nothing was. */
function seenAt(values: Float64Array, origin: number, h: number, span: number): number {
  const first = Math.ceil(h / span);
  let found = 0;
  for (let k = first; k < first + MOST_CYCLES; k++) {
    const i = Math.round(origin + h - k * span);
    if (i >= 0 && i <= origin && !Number.isNaN(values[i])) pool[found++] = values[i];
  }
  return found === 0 ? 0 : medianInPlace(pool, found);
}

/** Errors of forecasts over `lead` steps at up to `MOST_ERRORS` evenly spaced origins with some cycles before them. */
function collectErrors(values: Float64Array, n: number, span: number, lead: number): number {
  const into = errors.take(MOST_ERRORS + 1);
  const first = Math.ceil(2 * span) + lead;
  const stride = Math.max(1, Math.ceil((n - first) / MOST_ERRORS));
  let found = 0;
  for (let target = n - 1; target >= first && found < MOST_ERRORS; target -= stride) {
    const error = values[target] - seenAt(values, target - lead, lead, span);
    if (!Number.isNaN(error)) into[found++] = error;
  }
  return found;
}
