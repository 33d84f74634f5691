import { keyOf, type Labels } from '../watch/labels.ts';
import { outlookOf } from '../watch/outlook.ts';
import type { Watch } from '../watch/watch.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import type { ChartAnswer, ChartSeries, OutlookAnswer } from './answers.ts';
import { finiteOrNull } from './describe-watch.ts';
import { servedLevels } from './read.ts';

/** Quantiles of the time to a limit: the median, and what 95 % lies between. */
export const outlookQuantiles: readonly number[] = [0.025, 0.5, 0.975];

/** What of a watch is to be drawn. */
export interface ChartQuestion {
  /** Labels that a series must have; all series where there are none. */
  readonly labels: Labels;
  /** Seconds before now. */
  readonly past: number;
  /** Most series in the answer. */
  readonly most: number;
  /** Values of one line on one side of now; 800, more than a screen has columns, unless told. */
  readonly points?: number;
}

const usualPoints = 800;

/** Past and future of the series of a watch at `now` (Unix seconds), thinned to what a screen can show. */
export function chartOf(watch: Watch, question: ChartQuestion, now: number): ChartAnswer {
  const { name, expr, step, horizon, history, bounds, limits } = watch.settings;
  const wanted = Object.entries(question.labels);
  const found = [...watch.series.values()].filter(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
  const levels = servedLevels.filter((level) => watch.shape.levels.includes(level));
  return {
    watch: name,
    expr,
    step,
    horizon,
    history,
    now,
    bounds: bounds.map(finiteOrNull),
    limits,
    levels,
    series: found.slice(0, question.most).map((series) => chartSeries(watch, series, levels, question, now)),
    more: Math.max(0, found.length - question.most),
  };
}

function chartSeries(watch: Watch, series: WatchedSeries, levels: readonly number[], question: ChartQuestion, now: number): ChartSeries {
  return {
    key: keyOf(series.labels),
    labels: series.labels,
    state: watch.stateOf(series),
    score: series.score,
    direction: series.direction,
    history: historyOf(series, question, now),
    forecast: forecastOf(series, levels, question, now),
    outlook: outlookAnswers(watch, series, now, outlookQuantiles),
  };
}

/** When the series passes each limit, in the quantiles asked for. */
export function outlookAnswers(watch: Watch, series: WatchedSeries, now: number, quantiles: readonly number[]): OutlookAnswer[] {
  const { limits } = watch.settings;
  return outlookOf(series, limits, now, quantiles, []).map(({ limit, seconds }, i) => ({
    limit,
    side: limits[i].side,
    value: limits[i].value,
    seconds: seconds.map((one) => (Number.isFinite(one) ? Math.round(one) : null)),
  }));
}

/** Of several values that fall on one point the one farthest from the others is kept, so that thinning hides no spike. */
function historyOf(
  { ring, shape, forecasts }: WatchedSeries,
  { past, points = usualPoints }: ChartQuestion,
  now: number,
): ChartSeries['history'] {
  const { step } = shape;
  const first = Math.max(ring.last - ring.filled + 1, Math.ceil((now - past) / step));
  const stride = Math.max(1, Math.ceil((ring.last - first + 1) / points));
  const times: number[] = [];
  const values: (number | null)[] = [];
  const anomalous: number[] = [];
  for (let index = first; index <= ring.last; index += stride) {
    const kept = stride === 1 ? index : farthest(ring, index, Math.min(ring.last, index + stride - 1));
    const value = ring.at(kept);
    times.push(kept * step);
    values.push(rounded(value));
    anomalous.push(ring.isAnomalous(kept) ? sideOf(value, forecasts.at(kept, shape.levels.indexOf(0.5))) : 0);
  }
  return { times, values, anomalous };
}

function farthest(ring: WatchedSeries['ring'], from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let index = from; index <= to; index++) {
    const value = ring.at(index);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  let kept = from;
  let most = -1;
  for (let index = from; index <= to; index++) {
    const away = Math.abs(ring.at(index) - sum / count);
    if (away > most) [kept, most] = [index, away];
  }
  return kept;
}

/** On which side of what was expected; above where nothing was. */
function sideOf(value: number, median: number): number {
  return value < median ? -1 : 1;
}

function forecastOf(
  { forecasts, shape }: WatchedSeries,
  levels: readonly number[],
  { past, points = usualPoints }: ChartQuestion,
  now: number,
): ChartSeries['forecast'] {
  const { step } = shape;
  const first = Math.max(forecasts.last - forecasts.size + 1, Math.ceil((now - past) / step));
  const last = Math.min(forecasts.last, Math.ceil(now / step) + shape.horizonSteps);
  const stride = Math.max(1, Math.ceil((last - first + 1) / (2 * points)));
  const places = levels.map((level) => shape.levels.indexOf(level));
  const times: number[] = [];
  const rows: (number | null)[][] = levels.map(() => []);
  for (let index = first; index <= last; index += stride) {
    times.push(index * step);
    places.forEach((place, row) => rows[row].push(rounded(forecasts.at(index, place))));
  }
  return { times, rows };
}

/** Seven digits: what 32 bits hold. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(7)) : null;
}
