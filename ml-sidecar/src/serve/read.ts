import { matchesSeries, type Matcher } from '../prometheus/matcher.ts';
import type { MatrixSeries } from '../prometheus/matrix.ts';
import type { ReadSource, SearchedSource } from '../prometheus/remote-read.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import type { Served } from './served.ts';

/** The one metric that remote read serves. */
export const forecastName = 'presage_forecast';

/** Levels served, where the watches hold them: fixed, so that dashboards can rely on them. */
export const servedLevels: readonly number[] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/** Prometheus forgets a sample after five minutes (`--query.lookback-delta`): coarser forecasts are filled in between. */
const widestGap = 300;

/** Series that are passed over before others get their turn. */
const lookedAt = 64;

/** `presage_forecast` of every watched series, past and future, as a source for remote read; others get their turn in a long search. */
export function forecastSearch(served: Served): SearchedSource {
  return {
    *select(matchers, startMs, endMs) {
      // What is the same for many series is matched once for all of them.
      const on = (label: string): readonly Matcher[] => matchers.filter((matcher) => matcher.label === label);
      const ofSeries = matchers.filter(({ label }) => !['__name__', 'watch', 'quantile'].includes(label));
      const levels = servedLevels.filter((level) => on('quantile').every((matcher) => matcher.matches(String(level))));
      if (levels.length === 0 || !on('__name__').every((matcher) => matcher.matches(forecastName))) return;
      let passed = 0;
      for (const { watch } of served.watches) {
        const { name } = watch.settings;
        if (!on('watch').every((matcher) => matcher.matches(name))) continue;
        for (const series of watch.series.values()) {
          if (matchesSeries(ofSeries, forecastName, series.labels)) yield* selectSeries(name, series, levels, startMs / 1000, endMs / 1000);
          else if (++passed % lookedAt === 0) yield undefined;
        }
      }
    },
  };
}

/** The same with nothing but series. */
export function forecastSource(served: Served): ReadSource {
  const search = forecastSearch(served);
  return {
    *select(matchers, startMs, endMs) {
      for (const series of search.select(matchers, startMs, endMs)) if (series) yield series;
    },
  };
}

function* selectSeries(
  watch: string,
  series: WatchedSeries,
  levels: readonly number[],
  start: number,
  end: number,
): Iterable<MatrixSeries> {
  for (const level of levels) {
    const labels = { ...series.labels, watch, quantile: String(level) };
    const { times, values } = samplesOf(series, level, start, end);
    if (times.length > 0) yield { name: forecastName, labels, times, values };
  }
}

/** Grid values in [start, end] and what lies between them where the step is wider than Prometheus looks back. */
function samplesOf(series: WatchedSeries, level: number, start: number, end: number): Pick<MatrixSeries, 'times' | 'values'> {
  const { forecasts, shape } = series;
  const { step } = shape;
  const parts = Math.ceil(step / widestGap);
  const first = Math.max(Math.floor(start / step), forecasts.last - forecasts.size + 1);
  const last = Math.min(Math.ceil(end / step), forecasts.last);
  const times: number[] = [];
  const values: number[] = [];
  for (let index = first; index <= last; index++) {
    const value = series.expected(index, level);
    if (Number.isNaN(value)) continue;
    const next = series.expected(index + 1, level);
    for (let part = 0; part < parts; part++) {
      if (part > 0 && Number.isNaN(next)) break;
      times.push(index * step + Math.round((part * step) / parts));
      values.push(part === 0 ? value : value + ((next - value) * part) / parts);
    }
  }
  return { times: Float64Array.from(times), values: Float64Array.from(values) };
}
