import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { dayProfile } from '../stats/profile.ts';
import { DAY_SECONDS, seasonsOf } from '../stats/seasons.ts';
import { daySlot } from '../stats/wall-clock.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Workspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { spreadAround } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';
import { centreAt, learnLevelPath } from './level-path.ts';
import type { Smoothing } from './level-path.ts';

/**
 * Exponential smoothing with half the drift of a straight line, on the series without its daily profile (Assimakopoulos and
 * Nikolopoulos 2000, in the form of Hyndman and Billah 2003). The smoothing constant is chosen for each lead by past error rather
 * than by likelihood, and bands are past errors rather than those of a random walk. Good at levels that wander; blind to what the
 * deviation does at certain times. Before a day and a half of history it is `last-value`.
 */
export const theta: Forecaster = {
  name: 'theta',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: (series, horizonSteps) => fitTheta(series, horizonSteps),
};

/** Smoothing constants that are tried: from "the last value" to "the mean of some days". */
const CONSTANTS = [1, 0.4, 0.12, 0.03, 0.006] as const;

const known = createWorkspace();
const seasons = createWorkspace();
const levels: Workspace[] = CONSTANTS.map(createWorkspace);

/** As `fit`; `usual`: the profile of the day of the same series, where a caller has it already. */
export function fitTheta(
  series: Series,
  horizonSteps = Math.max(1, Math.round(DAY_SECONDS / series.step)),
  usual: Float64Array | null = null,
): FittedForecaster {
  const count = series.values.length;
  const values = known.take(count);
  const samples = copyLearnable(series, values);
  requireSamples('theta', samples, theta.minSamples);
  const { day } = seasonsOf(series.step);
  if (day === 0 || samples < 1.5 * day) return lastValue.fit(series, horizonSteps);
  const profile = usual ?? dayProfile(series, values, day, Math.round(day / 240));
  const season = seasons.take(count + day);
  for (let i = 0; i < count + day; i++) season[i] = profile[daySlot(series, i, day)];
  const slope = halfDrift(values, season, count);
  const smoothings = CONSTANTS.map((constant, k): Smoothing => ({
    level: smooth(values, season, count, constant, slope, levels[k].take(count)),
    season,
  }));
  const days = samples / day;
  const path = learnLevelPath(values, count, smoothings, {
    farthest: Math.min(horizonSteps, day),
    warmUp: Math.floor(day / 2),
    damping: 1,
    inflation: Math.sqrt((days + 1) / (days - 0.5)),
  });
  const { step } = series;
  const start = originOf(series) + step;
  return {
    forecast(steps, levels) {
      const centre = Float64Array.from(
        { length: steps },
        (_, h) => profile[daySlot(series, count + h, day)] + centreAt(path, h + 1) + slope * (h + 1),
      );
      return spreadAround({ start, step, levels }, centre, path);
    },
  };
}

/** Half the least-squares slope of the deseasonalised series, a step; nothing where it explains little. */
function halfDrift(values: Float64Array, season: Float64Array, count: number): number {
  let n = 0;
  let meanT = 0;
  let meanX = 0;
  let covariance = 0;
  let varianceT = 0;
  let varianceX = 0;
  for (let i = 0; i < count; i++) {
    const x = values[i] - season[i];
    if (Number.isNaN(x)) continue;
    n++;
    const dt = i - meanT;
    const dx = x - meanX;
    meanT += dt / n;
    meanX += dx / n;
    covariance += dt * (x - meanX);
    varianceT += dt * (i - meanT);
    varianceX += dx * (x - meanX);
  }
  const explained = covariance ** 2 / (varianceT * varianceX);
  return explained > 0.5 && Number.isFinite(covariance) ? covariance / varianceT / 2 : 0;
}

/** Level after each index, drifting by `slope` a step; starts from the first known value and holds still through gaps. */
function smooth(
  values: Float64Array,
  season: Float64Array,
  count: number,
  constant: number,
  slope: number,
  into: Float64Array,
): Float64Array {
  let level = NaN;
  for (let i = 0; i < count; i++) {
    const x = values[i] - season[i];
    level += slope;
    if (!Number.isNaN(x)) level = Number.isNaN(level) ? x : level + constant * (x - level);
    into[i] = level;
  }
  return into;
}
