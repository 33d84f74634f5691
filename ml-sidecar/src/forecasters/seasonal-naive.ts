import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { daysBefore } from '../stats/wall-clock.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { learnSpread, spreadAround } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';

/**
 * Tomorrow is as today at the same local time, with the spread of past day-over-day changes. What every forecast must beat:
 * skill is measured against it. Repeats yesterday's noise, and every outage one day later. Before a day and a half of history
 * it is `last-value`.
 */
export const seasonalNaive: Forecaster = {
  name: 'seasonal-naive',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: fitSeasonalNaive,
};

/** Changes taken for the spread. */
const MOST_CHANGES = 1024;
/** Days looked back for a known value where yesterday has a gap. */
const MOST_DAYS = 14;

const known = createWorkspace();
const changes = createWorkspace();

function fitSeasonalNaive(series: Series, horizonSteps?: number): FittedForecaster {
  const n = series.values.length;
  const values = known.take(n);
  requireSamples('seasonal-naive', copyLearnable(series, values), seasonalNaive.minSamples);
  const { day } = seasonsOf(series.step);
  const count = day > 0 ? collectChanges(series, values, day) : 0;
  if (count < Math.max(2, Math.min(day >> 1, 16))) return lastValue.fit(series, horizonSteps);
  const anchors = [1, day, 2 * day];
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  learnSpread(changes.take(0), count, spreads, 0, 1, true);
  spreads.copyWithin(7, 0, 7);
  for (let i = 0; i < 7; i++) spreads[14 + i] = spreads[i] * Math.SQRT2;
  const season = yesterdays(series, values, day);
  const { step } = series;
  const start = originOf(series) + step;
  return {
    forecast(steps, levels) {
      const centre = new Float64Array(steps);
      for (let h = 0; h < steps; h++) centre[h] = season[h % day];
      return spreadAround({ start, step, levels }, centre, { anchors, spreads, growth: 0.5 });
    },
  };
}

/** The last known value at each time of the day that follows the origin; where there is none, the last known value of all. */
function yesterdays(series: Series, values: Float64Array, day: number): Float64Array {
  const n = series.values.length;
  let end = n - 1;
  while (Number.isNaN(values[end])) end--;
  const season = new Float64Array(day).fill(values[end]);
  for (let h = 0; h < day; h++) {
    for (let days = 1; days <= MOST_DAYS; days++) {
      const i = daysBefore(series, n + h, days, day);
      if (i < 0) break;
      if (i < n && !Number.isNaN(values[i])) {
        season[h] = values[i];
        break;
      }
    }
  }
  return season;
}

/** Gathers day-over-day changes at up to `MOST_CHANGES` evenly spaced places; returns how many were known. */
function collectChanges(series: Series, values: Float64Array, day: number): number {
  const n = series.values.length;
  const into = changes.take(2 * MOST_CHANGES);
  const stride = Math.max(1, Math.floor((n - day) / MOST_CHANGES));
  let count = 0;
  for (let i = n - 1; i >= day && count < into.length; i -= stride) {
    const change = values[i] - (values[daysBefore(series, i, 1, day)] ?? NaN);
    if (!Number.isNaN(change)) into[count++] = change;
  }
  return count;
}
