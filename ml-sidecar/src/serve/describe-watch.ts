import { formatDuration } from '@presage/service/duration.ts';
import type { Watch } from '../watch/watch.ts';
import type { SeriesState } from '../watch/watched-series.ts';
import type { StateCounts, WatchAnswer } from './answers.ts';
import type { WatchHealth } from './served.ts';

/** One watch with its settings and how it is doing, for the API. */
export function describeWatch(watch: Watch, health: WatchHealth): WatchAnswer {
  const { name, expr, step, history, horizon, forecaster, detector, limits, bounds } = watch.settings;
  const states = { learning: 0, ready: 0, stale: 0, unforecastable: 0 };
  let anomalous = 0;
  for (const series of watch.series.values()) {
    const state = watch.stateOf(series);
    states[state]++;
    if (isAnomalous(state, series.score)) anomalous++;
  }
  return {
    name,
    expr,
    step: formatDuration(step),
    history: formatDuration(history),
    horizon: formatDuration(horizon),
    forecaster,
    detector,
    limits,
    bounds: bounds.map(finiteOrNull),
    series: watch.series.size,
    states,
    anomalous,
    up: health.up ?? null,
    fault: health.fault ?? null,
    time: finiteOrNull(watch.lastIndex * step),
    lastSuccess: health.lastSuccess ?? null,
    ...(watch.shape.shared ? { model: { status: watch.shape.shared.status, fault: watch.modelFault ?? null } } : {}),
  };
}

/** Whether the newest value of a series in this state is told as an anomaly: one that is gone has no newest value. */
export function isAnomalous(state: SeriesState, score: number): boolean {
  return state !== 'stale' && score > 1;
}

/** No series in any state. */
export const noStates: StateCounts = { learning: 0, ready: 0, stale: 0, unforecastable: 0 };

/** JSON has no infinities and no NaN. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
