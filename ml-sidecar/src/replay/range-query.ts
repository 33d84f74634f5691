import { keyOf } from '../watch/labels.ts';
import type { MatrixSeries } from '../prometheus/matrix.ts';
import { forecastName } from '../serve/read.ts';
import type { Evaluations } from './alert-timeline.ts';
import type { PastForecasts } from './forecast-log.ts';
import type { Store } from './store.ts';

/** Gives the values of an expression at every evaluation; `names` are the metrics that it reads. Rejects with a PrometheusError. */
export type RangeQuery = (expr: string, names: readonly string[]) => Promise<readonly MatrixSeries[]>;

/**
 * Evaluates over the store as it is at the time of each call. An expression that reads presage_forecast is evaluated time by time,
 * each seeing the forecasts that stood then.
 */
export function createRangeQuery(store: Store, { start, end, every }: Evaluations, forecasts: PastForecasts | undefined): RangeQuery {
  return async (expr, names) => {
    if (forecasts === undefined || !names.includes(forecastName)) return store.client.queryRange(expr, start, end, every);
    const found = new Map<string, { readonly labels: MatrixSeries['labels']; readonly times: number[]; readonly values: number[] }>();
    for (let i = 0; start + i * every <= end; i++) {
      const time = start + i * every;
      forecasts.standAt(time);
      for (const { labels, value } of await store.client.query(expr, time)) {
        const key = keyOf(labels);
        const series = found.get(key) ?? { labels, times: [], values: [] };
        series.times.push(time);
        series.values.push(value);
        found.set(key, series);
      }
    }
    return [...found.values()].map(({ labels, times, values }) => ({
      name: '',
      labels,
      times: Float64Array.from(times),
      values: Float64Array.from(values),
    }));
  };
}
