import { fitCalibrated, type CalibratedForecaster } from '../evaluate/calibrate.ts';
import type { Forecaster } from '../forecasters/forecaster.ts';
import { forecasters } from '../forecasters/index.ts';
import { WEIGHT_PARTS, type Series } from '../stats/series.ts';
import { wallOffsetOf } from '../stats/time-zone.ts';
import type { Fit, FitJob, FitOutcome, FitTerms } from './fit-job.ts';

/** Makes a fit where it is asked; what the model throws becomes a fault. `clock` in monotonic seconds. */
export function makeFit(job: FitJob, clock: () => number): FitOutcome {
  const started = clock();
  try {
    const { forecaster, steps, bounds, levels } = job.terms;
    const model = fitCalibrated(forecasterOf(forecaster), seriesOf(job), {
      horizonSteps: steps,
      bounds,
      ...(job.previous ? { previous: job.previous } : {}),
    });
    return { kind: 'fit', fit: issued(model, steps, levels), seconds: clock() - started };
  } catch (error) {
    return { kind: 'fault', fault: error instanceof Error ? error.message : String(error), seconds: clock() - started };
  }
}

/** What a model forecasts for the next `steps` steps, as plain data. */
export function issued(fitted: CalibratedForecaster, steps: number, levels: readonly number[]): Fit {
  const { model, misses, origins, skill, skillOverNaive, unforecastable, because, coverage, choice, ramp } = fitted;
  const { start, rows } = fitted.forecast(steps, levels);
  // One buffer for all rows: a copy of them is one copy.
  const all = new Float32Array(rows.length * steps);
  return {
    model,
    misses,
    origins,
    skill,
    skillOverNaive,
    unforecastable,
    coverage,
    start,
    ...(because === undefined ? {} : { because }),
    ...(choice ? { choice } : {}),
    ...(ramp ? { ramp } : {}),
    rows: rows.map((row, level) => {
      const own = all.subarray(level * steps, (level + 1) * steps);
      own.set(row);
      return own;
    }),
  };
}

/** The series that a job is about, as models want it. */
function seriesOf({ terms, start, values, weights }: FitJob): Series {
  const wallOffset = terms.timezone === undefined ? undefined : offsetsOf(terms.timezone);
  return {
    start,
    step: terms.step,
    values: Float64Array.from(values),
    weights: Float64Array.from(weights, (parts) => parts / WEIGHT_PARTS),
    ...(wallOffset ? { wallOffset } : {}),
    ...(terms.holidays ? { holidays: new Map(terms.holidays) } : {}),
  };
}

/** Throws a RangeError for a name that is not listed, and for a model that learns from all series of its watch: it is not in the job. */
function forecasterOf(name: FitTerms['forecaster']): Forecaster {
  const listed = forecasters.find((one) => one.name === name);
  if (!listed || listed.forWatch) throw new RangeError(`forecaster: got ${name}, want one that fits a series by itself`);
  return listed;
}

const offsets = new Map<string, (time: number) => number>();

/** Looked up once for each time zone. */
function offsetsOf(timezone: string): (time: number) => number {
  const known = offsets.get(timezone);
  if (known) return known;
  const made = wallOffsetOf(timezone);
  offsets.set(timezone, made);
  return made;
}
