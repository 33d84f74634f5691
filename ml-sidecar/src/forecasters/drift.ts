import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { medianInPlace } from '../stats/quantile.ts';
import { seasonsOf } from '../stats/seasons.ts';
import type { Series } from '../stats/series.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { lastValue } from './last-value.ts';

/**
 * The last value, going on as steeply as the series usually went: the slope is the median change over a day (over a third of a
 * history that is shorter than a day and a half), so that neither the season nor half of the days being odd bends it. The model
 * of disks that fill and memory that leaks. Fails on what has a season and no trend, where it only widens `last-value`.
 * Source: the slope is that of Theil (1950) and Sen (1968), taken over one lag instead of all pairs.
 */
export const drift: Forecaster = {
  name: 'drift',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: (series, horizonSteps) => fitDrift(series, horizonSteps),
};

const known = createWorkspace();
const changes = createWorkspace();

/** As `fit`; `given`: `last-value` fitted to the same series, where a caller has it already. */
export function fitDrift(series: Series, horizonSteps?: number, given?: FittedForecaster): FittedForecaster {
  const n = series.values.length;
  const values = known.take(n);
  requireSamples('drift', copyLearnable(series, values), drift.minSamples);
  const slope = usualSlope(values, n, seasonsOf(series.step).day);
  const base = given ?? lastValue.fit(series, horizonSteps);
  return {
    forecast(steps, levels) {
      const forecast = base.forecast(steps, levels);
      for (const row of forecast.rows) for (let h = 0; h < steps; h++) row[h] += slope * (h + 1);
      return forecast;
    },
  };
}

/** Median change a step, measured over `day` samples or, in a short history, over a third of it; 0 where nothing can be compared. */
function usualSlope(values: Float64Array, n: number, day: number): number {
  let first = 0;
  while (Number.isNaN(values[first])) first++;
  const span = n - first;
  const lag = day > 0 && span >= 1.5 * day ? day : Math.max(1, Math.floor(span / 3));
  const found = changes.take(n);
  let count = 0;
  for (let i = first + lag; i < n; i++) {
    const change = values[i] - values[i - lag];
    if (!Number.isNaN(change)) found[count++] = change;
  }
  return count === 0 ? 0 : medianInPlace(found, count) / lag;
}
