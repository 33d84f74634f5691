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
 * Everything after what the watch has, up to `until` (Unix seconds), stretch by stretch: raw samples; before the first one of what a
 * rule records, and in stretches without any, the values of the expression at the resolution of the watch. Rejects with a PrometheusError.
 */
export async function* readMissed({ live, source, client }: MissedOptions, until: number): AsyncIterable<Missed> {
  const { settings, shape } = live.watch;
  const oldest = until - shape.historySteps * shape.step;
  const since = live.since();
  const count = since < oldest ? await refuseTooMany(client, settings, until, live.watch.shard) : live.watch.series.size;
  const { step, resolution = step } = shape;
  const stretch = Math.max(shortStretch, (mostValues / Math.max(1, count)) * resolution);
  // Of a gap in what was recorded the expression may say other things than were seen then: only what is older is asked of it.
  let isOlder = since < oldest;
  for (let from = Math.max(oldest, since); from < until; from += stretch) {
    const to = Math.min(until, from + stretch);
    const raw = await client.readSamples(source.selector, from, to);
    const begins = raw.reduce((first, { times }) => Math.min(first, times[0]), to);
    if (source.recorded && (raw.length === 0 || isOlder)) {
      const first = Math.floor(from / resolution + 1) * resolution;
      const last = Math.floor((raw.length === 0 ? begins : begins - resolution / 2) / resolution) * resolution;
      if (first <= last) yield { to: last, series: await client.queryRange(settings.expr, first, last, resolution) };
    }
    isOlder &&= raw.length === 0;
    yield { to, series: raw };
  }
}
