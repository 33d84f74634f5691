import type { WatchSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { MatrixSeries } from '../prometheus/matrix.ts';
import type { Selector } from '../prometheus/selector.ts';
import type { LiveWatch } from '../watch/live-watch.ts';
import { refuseTooMany } from './history.ts';

/** Where the samples of a watch come from. */
export interface LiveSource {
  /** What the stream and raw reads are asked for. */
  readonly selector: Selector;
  /** Whether the selector names what a rule records of the watch's expression, so that the expression is older than it. */
  readonly recorded: boolean;
}

export interface MissedOptions {
  readonly live: LiveWatch;
  readonly source: LiveSource;
  readonly client: Pick<PrometheusClient, 'readSamples' | 'queryRange' | 'query'>;
}

/** Samples of one stretch of time, which ends with `to` (Unix seconds). */
export interface Missed {
  readonly series: readonly MatrixSeries[];
  readonly to: number;
}

/** Longest stretch read at once, in seconds, and how many values of all series at the resolution it may hold: bounds the memory. */
const shortStretch = 6 * 3600;
const mostValues = 1_000_000;

/**
 * Everything after what the watch has, up to `until` (Unix seconds), stretch by stretch: raw samples; of what a rule records and has
 * not recorded then, the values of the expression at the resolution of the watch. Rejects with a PrometheusError.
 */
export async function* readMissed({ live, source, client }: MissedOptions, until: number): AsyncIterable<Missed> {
  const { settings, shape } = live.watch;
  const oldest = until - shape.historySteps * shape.step;
  const since = live.since();
  const count = since < oldest ? await refuseTooMany(client, settings, until, live.watch.shard) : live.watch.series.size;
  const { step, resolution = step } = shape;
  const stretch = Math.max(shortStretch, (mostValues / Math.max(1, count)) * resolution);
  for (let from = Math.max(oldest, since); from < until; from += stretch) {
    const to = Math.min(until, from + stretch);
    yield { to, series: await readStretch({ live, source, client }, settings, from, to) };
  }
}

async function readStretch(
  { live, source, client }: MissedOptions,
  settings: WatchSettings,
  from: number,
  to: number,
): Promise<readonly MatrixSeries[]> {
  const raw = await client.readSamples(source.selector, from, to);
  if (raw.length > 0 || !source.recorded) return raw;
  const { step, resolution = step } = live.watch.shape;
  const first = Math.floor(from / resolution + 1) * resolution;
  const last = Math.floor(to / resolution) * resolution;
  return first > last ? [] : client.queryRange(settings.expr, first, last, resolution);
}
