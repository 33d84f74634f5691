import { fitCalibrated, MOST_ORIGINS, type Bounds, type CalibratedForecaster } from '../evaluate/calibrate.ts';
import { heldBackOrigins } from '../evaluate/origins.ts';
import type { Forecaster } from '../forecasters/forecaster.ts';
import { alongPath } from '../forecasters/path.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { originOf, prefixOf, type Forecast, type Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import type { PluginModel } from './plugin.ts';

/** One series to be forecast. Plain data, so that it can be sent to a worker. */
export interface PluginJob {
  readonly series: Series;
  readonly horizonSteps: number;
  /** How far to forecast; at least the horizon. */
  readonly steps: number;
  readonly levels: readonly number[];
  readonly bounds: Bounds;
}

/** What became of it. Plain data. */
export interface PluginFit extends Omit<CalibratedForecaster, 'forecast'> {
  readonly result: Forecast;
}

/** How far a forecast may leave the range of the history, in widths of that range. */
const FARTHEST = 10;
/** Share of the time limit after which no further backtest is begun. */
const BACKTEST_SHARE = 0.5;

/**
 * Lets a plug-in forecast a series and, as far as half of the `seconds` reach, the same from held-back origins; then its bands are
 * calibrated and its skill measured as those of any model. Throws an Error that says what was wrong: too few samples, a wrong shape,
 * values that are not finite or out of any reasonable range.
 */
export async function runJob(name: string, model: PluginModel, job: PluginJob, seconds: number, clock: () => number): Promise<PluginFit> {
  const { horizonSteps, steps, levels, bounds } = job;
  const until = clock() + BACKTEST_SHARE * seconds;
  const series = usableOf(name, model, job.series);
  const paths = new Map<number, Float64Array>();
  paths.set(series.values.length, await asked(name, model, series, steps));
  const origins = heldBackOrigins(series.values.length, horizonSteps, 2 * model.minSamples, MOST_ORIGINS);
  for (const origin of origins.toReversed()) {
    if (clock() > until) break;
    const past = prefixOf(series, origin);
    if (countOf(past.values) >= model.minSamples) paths.set(origin + 1, await asked(name, model, past, steps));
  }
  const fitted = fitCalibrated(recorded(name, model, paths, steps), series, { horizonSteps, bounds });
  const { misses, origins: compared, skill, skillOverNaive, unforecastable, because, coverage } = fitted;
  const found = { misses, origins: compared, skill, skillOverNaive, unforecastable, coverage, ...(because ? { because } : {}) };
  return { model: name, ...found, result: fitted.forecast(steps, levels) };
}

/** A forecaster that says what was said before, by the length of the series. */
function recorded(name: string, { minSamples }: PluginModel, paths: ReadonlyMap<number, Float64Array>, steps: number): Forecaster {
  return {
    name,
    minSamples,
    equivariant: { scale: false, shift: false },
    fit(series) {
      const rows = paths.get(series.values.length);
      if (!rows) throw new RangeError(`${name}: no forecast from here`);
      const { step } = series;
      return alongPath({ start: originOf(series) + step, step, steps, rows, day: Math.max(1, seasonsOf(step).day) });
    },
  };
}

/** The series as a plug-in sees it: what must not be learnt from is a gap. */
function usableOf(name: string, { minSamples }: PluginModel, { start, step, values, weights }: Series): Series {
  const known = new Float64Array(values.length);
  const samples = copyLearnable({ start, step, values, ...(weights ? { weights } : {}) }, known);
  requireSamples(name, samples, minSamples);
  return { start, step, values: known };
}

/** Asks the plug-in and checks what it says: `rows[level * steps + h]` at the spread levels. The series is handed over as a copy. */
async function asked(name: string, model: PluginModel, series: Series, steps: number): Promise<Float64Array> {
  const rows = await model.forecast({ ...series, values: series.values.slice() }, steps, SPREAD_LEVELS);
  if (!Array.isArray(rows) || rows.length !== SPREAD_LEVELS.length || rows.some((row) => row?.length !== steps))
    throw new Error(`${name}: got ${shapeOf(rows)}, want ${SPREAD_LEVELS.length} rows of ${steps} numbers`);
  const [lowest, highest] = reasonable(series.values);
  const path = new Float64Array(SPREAD_LEVELS.length * steps);
  rows.forEach((row, level) => {
    for (let h = 0; h < steps; h++) {
      const value: unknown = row[h];
      if (typeof value !== 'number' || !Number.isFinite(value))
        throw new Error(`${name}: got ${String(value)} at step ${h + 1}, level ${SPREAD_LEVELS[level]}, want a finite number`);
      if (value < lowest || value > highest)
        throw new Error(`${name}: the forecast explodes: got ${value} at step ${h + 1}, want it within ${lowest} and ${highest}`);
      path[level * steps + h] = value;
    }
  });
  return path;
}

function shapeOf(rows: unknown): string {
  if (!Array.isArray(rows)) return `${typeof rows} for rows`;
  return `${rows.length} rows of ${[...new Set(rows.map((row: { length?: unknown } | null) => String(row?.length)))].join(', ')} numbers`;
}

function countOf(values: Float64Array): number {
  return values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
}

/** Far outside of all that was seen. */
function reasonable(values: Float64Array): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const width = Math.max(high - low, 0.1 * Math.max(Math.abs(low), Math.abs(high))) || 1;
  return [low - FARTHEST * width, high + FARTHEST * width];
}
