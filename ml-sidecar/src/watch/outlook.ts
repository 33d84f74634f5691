import type { Limit } from '../configuration/configuration.ts';
import { limitProbability, timeToLimit } from '../evaluate/time-to-limit.ts';
import type { Forecast } from '../stats/series.ts';
import type { WatchedSeries } from './watched-series.ts';

/** What lies ahead of one series for one of its limits. */
export interface LimitOutlook {
  readonly limit: string;
  /** Seconds from the asked time on, one for each asked quantile; Infinity where the limit is not passed within the horizon. */
  readonly seconds: readonly number[];
  /** Chance that the limit is passed within each asked horizon. */
  readonly probabilities: readonly number[];
}

/**
 * When and how likely a series passes its limits, seen from `now` (Unix seconds). A value past the limit already is 0 seconds away.
 * `horizons` in seconds. Empty where there is no forecast.
 */
export function outlookOf(
  series: WatchedSeries,
  limits: readonly Limit[],
  now: number,
  quantiles: readonly number[],
  horizons: readonly number[],
): readonly LimitOutlook[] {
  if (limits.length === 0) return [];
  const index = Math.floor(now / series.shape.step);
  const forecast = forecastFrom(series, index);
  if (forecast === undefined) return [];
  const elapsed = now - index * series.shape.step;
  const current = series.ring.at(series.lastFinite);
  return limits.map((limit) => {
    const wanted = limit.side === 'above' ? { above: limit.value } : { below: limit.value };
    const passed = limit.side === 'above' ? current > limit.value : current < limit.value;
    if (passed) return { limit: limit.name, seconds: quantiles.map(() => 0), probabilities: horizons.map(() => 1) };
    return {
      limit: limit.name,
      seconds: [...timeToLimit(forecast, wanted, quantiles)].map((seconds) => Math.max(0, seconds - elapsed)),
      probabilities: horizons.map((horizon) => limitProbability(forecast, wanted, horizon)),
    };
  });
}

/** The forecast in force for the horizon after a grid index; nothing where there is none. */
export function forecastFrom(series: WatchedSeries, index: number): Forecast | undefined {
  const { step, levels, horizonSteps } = series.shape;
  const length = Math.min(horizonSteps, series.forecasts.last - index);
  if (!(length > 0) || Number.isNaN(series.forecasts.at(index + 1, 0))) return undefined;
  const rows = levels.map((_, level) => Float64Array.from({ length }, (__, h) => series.forecasts.at(index + 1 + h, level)));
  const unforecastable = series.state(index) === 'unforecastable';
  return { start: (index + 1) * step, step, levels, rows, unforecastable, ...(series.misses ? { misses: series.misses } : {}) };
}
