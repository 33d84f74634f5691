import { formatDuration } from '@presage/service/duration.ts';
import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { PrometheusError } from '../prometheus/prometheus-error.ts';
import { seriesStates } from '../watch/watched-series.ts';
import { coverageLevels } from '../watch/track-record.ts';
import { servedLevels } from '../serve/read.ts';
import { printSelector } from '../prometheus/selector.ts';
import { bareCounterIn } from './bare-counter.ts';
import { liveSourceOf } from './live-source.ts';

/** What Prometheus says of one watch. */
export interface WatchCheck {
  readonly watch: WatchSettings;
  /** Series that the expression yields now; undefined where Prometheus could not be asked. */
  readonly series: number | undefined;
  /** Place, finding and wish of what must be mended. */
  readonly fault: string | undefined;
  /** The same of what may be meant so. */
  readonly warning: string | undefined;
  /** How its samples come, in words. */
  readonly samples: string;
}

/** Asks Prometheus about every expression. Rejects with a PrometheusError only where Prometheus cannot be asked at all. */
export async function checkWatches(configuration: Configuration, client: PrometheusClient, now: number): Promise<readonly WatchCheck[]> {
  return Promise.all(configuration.watches.map((watch, i) => checkWatch(watch, `watches[${i}] (${watch.name})`, client, now)));
}

async function checkWatch(watch: WatchSettings, place: string, client: PrometheusClient, now: number): Promise<WatchCheck> {
  try {
    const series = (await client.query(watch.expr, now)).length;
    const over = `${place}.expr: got ${series} series, want at most ${watch.seriesLimit}: narrow the expression or raise series_limit`;
    const none = `${place}.expr: got no series, want an expression that yields some`;
    return {
      watch,
      series,
      samples: await samplesOf(watch, series, client, now),
      fault: series > watch.seriesLimit ? over : undefined,
      warning: series === 0 ? none : counterWarning(watch.expr, place),
    };
  } catch (error) {
    if (!(error instanceof PrometheusError) || error.kind !== 'refused') throw error;
    return {
      watch,
      series: undefined,
      samples: 'none',
      fault: `${place}.expr: got ${JSON.stringify(watch.expr)}, want PromQL: ${error.message}`,
      warning: undefined,
    };
  }
}

/** What to write instead of the level of a counter: it only grows, and falls to zero where its program starts anew. */
function counterWarning(expr: string, place: string): string | undefined {
  const counter = bareCounterIn(expr);
  if (counter === undefined) return undefined;
  const { selector, instead } = counter;
  return `${place}.expr: got ${selector} as it is, which by its name is a counter, want how fast it grows, which bears resets: ${instead}`;
}

/** Seconds of samples that are looked at. */
const lookBack = 900;

/** Whether the watch is fed by live samples, or why not, and what does not fit. */
async function samplesOf(watch: WatchSettings, series: number, client: PrometheusClient, now: number): Promise<string> {
  const source = liveSourceOf(watch);
  const polled = `asked for every ${formatDuration(watch.step)}`;
  if ('why' in source) return `${polled}: ${source.why}`;
  const how = `live where Prometheus sends ${printSelector(source.selector)} by remote write, else ${polled}`;
  // So many are not read only to say how they come: that they are too many is what must be mended.
  if (series > watch.seriesLimit) return how;
  const samples = await client.readSamples(source.selector, now - lookBack, now);
  if (source.recorded && samples.length < series) {
    return `${how}; got ${samples.length} of ${series} series under the recorded name: are its rules loaded?`;
  }
  const intervals = samples.flatMap(({ times }) => (times.length > 1 ? [(times[times.length - 1] - times[0]) / (times.length - 1)] : []));
  const interval = Math.round(intervals.sort((a, b) => a - b)[intervals.length >> 1] ?? 0);
  if (interval > watch.step) return `${how}; samples come every ${formatDuration(interval)}: want a step of at least that`;
  if (interval > watch.resolution) return `${how}; samples come every ${formatDuration(interval)}: want a resolution of at least that`;
  return how;
}

/**
 * Series that one watched series adds to Prometheus: on /metrics, and over remote read. With Q quantiles, H horizons (up to the
 * watch's own) and L limits: Q + 3 + Q·H + L·(1 + Q + H) + 1 + 3 + 4 + 2.
 */
export function cardinalityOf(
  watch: WatchSettings,
  gauges: Configuration['gauges'],
): { readonly metrics: number; readonly remoteRead: number } {
  const quantiles = gauges.quantiles.length;
  const horizons = gauges.horizons.filter((horizon) => horizon <= watch.horizon).length;
  const limits = watch.limits.length * (1 + quantiles + horizons);
  const quality = 1 + coverageLevels.length + seriesStates.length + 2;
  return { metrics: quantiles + 3 + quantiles * horizons + limits + quality, remoteRead: servedLevels.length };
}
