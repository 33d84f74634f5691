import type { Forecaster } from '../forecasters/forecaster.ts';
import type { Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { fitCalibrated } from './calibrate.ts';
import { seriesName } from './data-folder.ts';
import type { DataFolder, EntityColumns, ForecastTask } from './data-folder.ts';

/** The forecast of one series from one origin, a row of the file to be scored. */
export interface ForecastRow {
  readonly id: string;
  /** Unix seconds. */
  readonly origin: number;
  /** By level as it is written: the quantile for each step after the origin. */
  readonly q: Readonly<Record<string, readonly number[]>>;
}

/**
 * Forecasts everything that the folder asks for, each origin on its own: the forecaster gets the samples of the context up to the
 * origin, averaged over each step of the grid, and nothing later; no choice is carried from one origin to the next. `onSeries` is
 * told each series that is done.
 */
export function* evaluateForecast(folder: DataFolder, forecaster: Forecaster, onSeries?: (id: string) => void): Generator<ForecastRow> {
  for (const entity of folder.entities) {
    const asked = entity.metrics.filter((metric) => metric.forecast);
    if (asked.length === 0) continue;
    const read = folder.readEntity(entity);
    for (const metric of asked) {
      const id = seriesName(entity, metric);
      const { forecast: task } = metric;
      for (const origin of task?.origins ?? [])
        if (task) yield forecastFrom(id, contextOf(read, metric.name, task, origin), task, origin, forecaster);
      onSeries?.(id);
    }
  }
}

/** How often a model of all series learns before an evaluation: as after so many polls. */
const POLLS = 32;

/**
 * The forecaster as it is once it knows the folder, where it is one that learns from all series: from the context of each one's first
 * origin, so that no sample after any origin of that series is looked at. Others are given back as they are.
 */
export function learnt(folder: DataFolder, forecaster: Forecaster): Forecaster {
  const shared = forecaster.forWatch?.();
  if (!shared) return forecaster;
  const contexts: Series[] = [];
  for (const entity of folder.entities) {
    const asked = entity.metrics.filter((metric) => metric.forecast);
    if (asked.length === 0) continue;
    const read = folder.readEntity(entity);
    for (const { name, forecast: task } of asked) if (task) contexts.push(contextOf(read, name, task, Math.min(...task.origins)));
  }
  const series = contexts.map((context) => () => context);
  for (let poll = 0; poll < POLLS; poll++) for (const _ of shared.learn(series));
  return shared;
}

function forecastFrom(id: string, series: Series, task: ForecastTask, origin: number, forecaster: Forecaster): ForecastRow {
  const fitted = fitCalibrated(forecaster, series, { horizonSteps: task.steps });
  const { rows } = fitted.forecast(task.steps, SPREAD_LEVELS);
  return { id, origin, q: Object.fromEntries(SPREAD_LEVELS.map((level, i) => [String(level), [...rows[i]]])) };
}

/**
 * What may be seen from `origin`: on the grid of the task, the mean of the rows in each step that ends at a grid time, NaN where
 * there is none. A row after the origin, or as old as the context or older, is not looked at.
 */
export function contextOf(read: EntityColumns, metric: string, task: ForecastTask, origin: number): Series {
  const { times } = read;
  const values = read.columns.get(metric);
  if (!values) throw new Error(`${metric}: no such column, want it among ${[...read.columns.keys()].join(', ')}`);
  const count = Math.round(task.context / task.step);
  const start = origin - (count - 1) * task.step;
  const sums = new Float64Array(count);
  const held = new Int32Array(count);
  for (let row = firstAfter(times, origin - task.context); row < times.length && times[row] <= origin; row++) {
    if (!Number.isFinite(values[row])) continue;
    const place = Math.ceil((times[row] - start) / task.step);
    sums[place] += values[row];
    held[place]++;
  }
  return { start, step: task.step, values: sums.map((sum, i) => (held[i] > 0 ? sum / held[i] : NaN)) };
}

/** Place of the first of the ascending `times` after `time`. */
function firstAfter(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] > time) high = middle;
    else low = middle + 1;
  }
  return low;
}
