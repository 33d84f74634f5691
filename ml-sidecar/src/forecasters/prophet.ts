import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { quantileInPlace } from '../stats/quantile.ts';
import { DAY_SECONDS } from '../stats/seasons.ts';
import { localDay } from '../stats/wall-clock.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { inOrder } from './horizon-spread.ts';
import { lastValue } from './last-value.ts';
import { bandRows } from './prophet-bands.ts';
import { fitProphet } from './prophet-fit.ts';
import type { ProphetFit } from './prophet-fit.ts';
import { prophetGrid } from './prophet-grid.ts';
import type { ProphetGrid } from './prophet-grid.ts';

/**
 * A straight trend whose slope may change at 25 places, plus daily, weekly and yearly waves, plus an effect of holidays, plus
 * noise: the model of Taylor and Letham ("Forecasting at scale", The American Statistician 72, 2018) with Prophet's own priors. The
 * mode of the posterior is found without Stan: on a regular grid all series share one X'X, so that a fit is a product with each
 * column and a small problem in the changes of slope. Bands: slopes go on changing as they did, and noise; they know nothing of
 * where the series is right now, which is why models that do are better in the next hours. Fails where the day has a shape of many
 * corners, or where the level jumps. Robust only against absurd values. Before two days of history it is `last-value`.
 */
export const prophet: Forecaster = {
  name: 'prophet',
  minSamples: lastValue.minSamples,
  equivariant: { scale: true, shift: true },
  fit: fitSeries,
};

/** Values this many interquartile ranges outside of the quartiles are stopped there: only faults lie so far out. */
const FARTHEST = 50;

/** Samples looked at for the quartiles. */
const MOST_LOOKED_AT = 500;
/** Changes of slope are taken to be this large at least, in spans of the series over its history. */
const LEAST_CHANGE = 1e-8;

/** All that a forecast needs of a fit. `low`, `span`: what 0 and 1 of the scaled series stand for. */
interface Learnt {
  readonly grid: ProphetGrid;
  readonly fit: ProphetFit;
  /** The series without its values, to tell days by. */
  readonly calendar: Series;
  readonly low: number;
  readonly span: number;
}

const known = createWorkspace();
const sample = createWorkspace();

function fitSeries(series: Series, horizonSteps?: number): FittedForecaster {
  const { step } = series;
  const values = known.take(series.values.length);
  requireSamples('prophet', copyLearnable(series, values), prophet.minSamples);
  if (!(step > 0) || !Number.isFinite(step)) throw new RangeError(`prophet: step: got ${step}, want a positive number of seconds`);
  let first = 0;
  while (Number.isNaN(values[first])) first++;
  const count = series.values.length - first;
  if (count * step < 2 * DAY_SECONDS) return lastValue.fit(series, horizonSteps);
  const { low, span } = scaleInPlace(values, first, count);
  const scaled = values.subarray(first, first + count);
  const seen = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(scaled[i])) scaled[i] = 0;
    else seen[i] = 1;
  }
  const start = originOf(series) + step;
  if (span === 0) return flat(start, step, low);
  const grid = prophetGrid(count, step);
  const whole = { ...series, start: series.start + first * step, values: scaled };
  const fit = fitProphet(grid, scaled, seen, holidaysOf(whole, seen));
  const learnt = { grid, fit, calendar: { ...whole, values: new Float64Array(0) }, low, span };
  return { forecast: (steps, levels) => ({ start, step, levels: [...levels], rows: quantileRows(learnt, steps, levels) }) };
}

/** Brings the known values to 0 … 1; NaN stays. Returns what 0 stood for, and how much 1 is more. */
function scaleInPlace(values: Float64Array, first: number, count: number): { low: number; span: number } {
  const { lowest, highest } = limitsOf(values, first, count);
  let low = Infinity;
  let high = -Infinity;
  for (let i = first; i < first + count; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    values[i] = Math.max(lowest, Math.min(highest, value));
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const span = high - low;
  if (span > 0) for (let i = first; i < first + count; i++) values[i] = (values[i] - low) / span;
  return { low, span };
}

function limitsOf(values: Float64Array, first: number, count: number): { lowest: number; highest: number } {
  const stride = Math.max(1, Math.ceil(count / MOST_LOOKED_AT));
  const into = sample.take(MOST_LOOKED_AT);
  let found = 0;
  for (let i = first; i < first + count; i += stride) if (!Number.isNaN(values[i])) into[found++] = values[i];
  const lower = quantileInPlace(into, found, 0.25);
  const upper = quantileInPlace(into, found, 0.75);
  if (!(upper > lower)) return { lowest: -Infinity, highest: Infinity };
  return { lowest: lower - FARTHEST * (upper - lower), highest: upper + FARTHEST * (upper - lower) };
}

/** Which samples lie on a holiday; null where no known one does, so that there is nothing to learn. */
function holidaysOf(series: Series, seen: Uint8Array): Uint8Array | null {
  const { holidays } = series;
  if (!holidays || holidays.size === 0) return null;
  const on = seen.map((_, i) => (holidays.has(localDay(series, i)) ? 1 : 0));
  return on.some((holiday, i) => holiday === 1 && seen[i] === 1) ? on : null;
}

function flat(start: number, step: number, value: number): FittedForecaster {
  return {
    forecast: (steps, levels) => ({ start, step, levels: [...levels], rows: levels.map(() => new Float64Array(steps).fill(value)) }),
  };
}

/** Rows in the unit of the series. */
function quantileRows(fitted: Learnt, steps: number, levels: readonly number[]): Float64Array[] {
  const { grid, fit, low, span } = fitted;
  const centre = centreOf(fitted, steps);
  let change = 0;
  for (const size of fit.changes) change += Math.abs(size) / fit.changes.length;
  const last = grid.count - 1;
  const bands = { rate: fit.changes.length / last, change: (change + LEAST_CHANGE) / last, noise: fit.noise };
  const rows = bandRows(bands, steps, levels);
  for (const row of rows) for (let h = 0; h < steps; h++) row[h] = low + span * (centre[h] + row[h]);
  return inOrder(rows);
}

/** Trend, waves and holidays of the next `steps`, in scaled units. */
function centreOf({ grid, fit, calendar }: Learnt, steps: number): Float64Array {
  const { count, angles, changes } = grid;
  const { smooth } = fit;
  const last = count - 1;
  let level = smooth[0];
  let slope = smooth[1];
  for (let j = 0; j < changes.length; j++) {
    level -= (fit.changes[j] * changes[j]) / last;
    slope += fit.changes[j];
  }
  const centre = Float64Array.from({ length: steps }, (_, h) => level + (slope * (count + h)) / last);
  angles.forEach((angle, pair) => addWave(centre, smooth[2 + 2 * pair], smooth[3 + 2 * pair], angle, count));
  const holiday = smooth.length > 2 + 2 * angles.length ? smooth[smooth.length - 1] : 0;
  if (holiday !== 0) for (let h = 0; h < steps; h++) if (calendar.holidays?.has(localDay(calendar, count + h))) centre[h] += holiday;
  return centre;
}

/** Adds a · sin(angle · i) + b · cos(angle · i), i counting from `first`; each step turns the one before by the angle. */
function addWave(into: Float64Array, a: number, b: number, angle: number, first: number): void {
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  let s = Math.sin(angle * first);
  let c = Math.cos(angle * first);
  for (let h = 0; h < into.length; h++) {
    into[h] += a * s + b * c;
    const turned = s * cosine + c * sine;
    c = c * cosine - s * sine;
    s = turned;
  }
}
