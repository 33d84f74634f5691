import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { medianInPlace } from '../stats/quantile.ts';
import { copyFinite } from '../stats/finite.ts';
import { DAY_SECONDS, seasonsOf } from '../stats/seasons.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Workspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { spreadAround } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';
import { centreAt, learnLevelPath } from './level-path.ts';
import type { Smoothing } from './level-path.ts';

/**
 * Additive Holt-Winters with a damped trend and a daily season (Holt 1957, Winters 1960, Gardner and McKenzie 1985): level, trend
 * and season each learn from the error of one step. The constants are chosen from a grid for each lead by past error, which is
 * what makes it usable at seasons of hundreds of steps. Errors are clipped, so that a spike is not smeared over the day. Follows
 * a season that changes; one noisy day is seen in the next. Before two days of history it is `last-value`.
 */
export const holtWinters: Forecaster = {
  name: 'holt-winters',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: fitHoltWinters,
};

/** Constants of level, trend and season that are tried. */
const CONSTANTS = [
  { level: 0.6, trend: 0, season: 0.3 },
  { level: 0.2, trend: 0, season: 0.3 },
  { level: 0.05, trend: 0, season: 0.3 },
  { level: 0.05, trend: 0, season: 0.12 },
  { level: 0.01, trend: 0, season: 0.12 },
  { level: 0.003, trend: 0, season: 0.2 },
  { level: 0.2, trend: 0.02, season: 0.2 },
  { level: 0.02, trend: 0.002, season: 0.12 },
] as const;
/** Share of the trend that is left after a step. */
const DAMPING = 0.995;
/** Errors are clipped at this many times their median size. */
const CLIP = 8;

const known = createWorkspace();
const scratch = createWorkspace();
const memory: { level: Workspace; drift: Workspace; season: Workspace }[] = CONSTANTS.map(() => ({
  level: createWorkspace(),
  drift: createWorkspace(),
  season: createWorkspace(),
}));

function fitHoltWinters(series: Series, horizonSteps = Math.max(1, Math.round(DAY_SECONDS / series.step))): FittedForecaster {
  const count = series.values.length;
  const values = known.take(count);
  const samples = copyLearnable(series, values);
  requireSamples('holt-winters', samples, holtWinters.minSamples);
  const { day } = seasonsOf(series.step);
  if (day === 0 || samples < 2 * day) return lastValue.fit(series, horizonSteps);
  const clip = CLIP * usualChange(values, count, day);
  const smoothings = CONSTANTS.map((_, k) => runThrough(values, count, day, k, clip));
  const path = learnLevelPath(values, count, smoothings, {
    farthest: Math.min(horizonSteps, day),
    warmUp: Math.floor(1.25 * day),
    damping: DAMPING,
    inflation: 1.05,
  });
  const choice = smoothings[path.choices[path.choices.length - 1]];
  const season = choice.season.slice(count, count + day);
  const { step } = series;
  const start = originOf(series) + step;
  return {
    forecast(steps, levels) {
      const centre = Float64Array.from({ length: steps }, (_, h) => season[h % day] + centreAt(path, h + 1));
      return spreadAround({ start, step, levels }, centre, path);
    },
  };
}

/** Median size of the change within a day's quarter: what an ordinary error is measured by. */
function usualChange(values: Float64Array, count: number, day: number): number {
  const into = scratch.take(count);
  const lag = Math.max(1, day >> 2);
  for (let i = lag; i < count; i++) into[i - lag] = Math.abs(values[i] - values[i - lag]);
  const changes = copyFinite(into, 0, count - lag, into);
  const usual = medianInPlace(into, changes);
  return usual > 0 ? usual : Infinity;
}

/** One pass with the constants of place `k`; remembers level, drift and expected season of each index. */
function runThrough(values: Float64Array, count: number, day: number, k: number, clip: number): Smoothing {
  const constants = CONSTANTS[k];
  const level = memory[k].level.take(count);
  const drift = memory[k].drift.take(count);
  const season = memory[k].season.take(count + day);
  const first = copyFinite(values, 0, Math.min(count, day), scratch.take(count));
  let l = first > 0 ? medianInPlace(scratch.take(0), first) : 0;
  let b = 0;
  for (let i = 0; i < count + day; i++) {
    const expected = i < day ? 0 : season[i - day];
    season[i] = expected;
    if (i >= count) continue;
    const value = values[i];
    const whole = value - l - DAMPING * b - expected;
    l += DAMPING * b;
    b *= DAMPING;
    if (!Number.isNaN(whole)) {
      const error = Math.max(-clip, Math.min(clip, whole));
      const part = i < day ? 0.003 : constants.level;
      l += part * error;
      b += constants.level * constants.trend * error;
      season[i] = expected + (i < day ? 1 : constants.season * (1 - part)) * error;
    }
    level[i] = l;
    drift[i] = b;
  }
  return { level, drift, season: shiftedByDay(season, count, day, k) };
}

const expectations = CONSTANTS.map(createWorkspace);

/** The season expected of each index: what was learnt a day before. */
function shiftedByDay(season: Float64Array, count: number, day: number, k: number): Float64Array {
  const into = expectations[k].take(count + day);
  into.fill(0, 0, day);
  into.set(season.subarray(0, count), day);
  return into;
}
