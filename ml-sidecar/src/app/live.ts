import type { Logger } from '@presage/service/log.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { readExternalLabels } from '../prometheus/external-labels.ts';
import type { WriteReply, WriteRequest } from '../prometheus/remote-write.ts';
import type { Labels } from '../watch/labels.ts';
import { LiveWatch, type ScoredSample } from '../watch/live-watch.ts';
import type { Watch } from '../watch/watch.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import { createLiveIntake } from './live-intake.ts';
import { liveSourceOf } from './live-source.ts';
import type { SelfMetrics } from './self-metrics.ts';

export interface LiveOptions {
  readonly watches: readonly Watch[];
  readonly client: PrometheusClient;
  readonly log: Logger;
  readonly metrics: SelfMetrics;
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly pause: () => Promise<void>;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onScored: (sample: ScoredSample) => void;
}

/** Live samples of all watches that can be fed by them. */
export interface Live {
  /** Takes a body of remote write. */
  receive(request: WriteRequest): WriteReply;
  /** The feed of a watch; nothing where it is asked for at its step. */
  feedOf(watch: Watch): LiveFeed | undefined;
}

const notYet: WriteReply = { status: 503, message: 'Prometheus has not been asked yet for its external labels', retryAfter: 1 };

/** Feeds for every watch that is a plain selector or recorded by a rule. */
export function createLive(options: LiveOptions): Live {
  const { client, log, metrics, now, clock, pause, sleep, signal } = options;
  let external: Labels | undefined;
  const externalLabels = async (): Promise<Labels> => (external ??= await readExternalLabels(client));
  const intake = createLiveIntake({ now, seed: Math.floor(options.random() * 2 ** 31), externalLabels: () => external ?? {} });
  const { receiver } = intake;
  metrics.watchIntake({
    counts: receiver.counts,
    queuedSamples: () => receiver.queuedSamples(),
    seriesCount: () => receiver.seriesCount(),
  });
  const feeds = new Map<Watch, LiveFeed>();
  for (const watch of options.watches) {
    const source = liveSourceOf(watch.settings);
    if ('why' in source) continue;
    const live = new LiveWatch(watch, { clock, onScored: options.onScored });
    const onGap = (result: 'filled' | 'failed'): void => metrics.gap(watch.settings.name, result);
    const onRoom = (): void => intake.consume();
    const feed = createLiveFeed({ live, source, client, log, now, pause, sleep, signal, externalLabels, onRoom, onGap });
    intake.add(feed, source.selector);
    feeds.set(watch, feed);
  }
  return {
    // Before it is known which labels are the source's own, no sample can be given to its series: the sender comes again.
    receive(request) {
      const reply = external === undefined && feeds.size > 0 ? notYet : receiver.receive(request);
      if (reply.status !== 204) metrics.refused(reply.status);
      return reply;
    },
    feedOf: (watch) => feeds.get(watch),
  };
}
