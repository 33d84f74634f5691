import { errorText, type Logger } from '@presage/service/log.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { readExternalLabels } from '../prometheus/external-labels.ts';
import type { WriteReply, WriteRequest } from '../prometheus/remote-write.ts';
import type { Labels } from '../watch/labels.ts';
import { LiveWatch, type ScoredSample } from '../watch/live-watch.ts';
import type { Watch } from '../watch/watch.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import { createLiveIntake } from './live-intake.ts';
import { liveSourceOf } from './live-source.ts';
import { stoppable } from './prometheus-link.ts';
import type { SelfMetrics } from './self-metrics.ts';

export interface LiveOptions {
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
  /** Resolves after so many seconds, or at once when the signal fires. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  readonly onScored: (sample: ScoredSample) => void;
}

/** Live samples of all watches that can be fed by them. */
export interface Live {
  /** Takes a body of remote write. */
  receive(request: WriteRequest): WriteReply;
  /** Feeds a watch until the signal; nothing where it is asked for at its step. */
  follow(watch: Watch, signal: AbortSignal): LiveFeed | undefined;
  /** Lets a watch go. */
  unfollow(watch: Watch): void;
  /** Asks again for the external labels, as the source is another one. */
  relabel(): void;
}

/** Seconds after which a sample counts as one that was read back and not as one that came late. */
const readBack = 300;

const notYet: WriteReply = { status: 503, message: 'Prometheus has not been asked yet for its external labels', retryAfter: 1 };

/** Feeds for every watch that is a plain selector or recorded by a rule. */
export function createLive(options: LiveOptions): Live {
  const { client, log, metrics, now, clock, pause, sleep } = options;
  let external: Labels | undefined;
  let source = 0;
  const externalLabels = async (): Promise<Labels> => {
    if (external !== undefined) return external;
    const asked = source;
    const labels = await readExternalLabels(client);
    // An answer of a source that has been left meanwhile is for who asked alone.
    if (asked === source) external = labels;
    return labels;
  };
  const intake = createLiveIntake({ now, seed: Math.floor(options.random() * 2 ** 31), externalLabels: () => external ?? {} });
  const { receiver } = intake;
  metrics.watchIntake({
    counts: receiver.counts,
    queuedSamples: () => receiver.queuedSamples(),
    seriesCount: () => receiver.seriesCount(),
  });
  const feeds = new Map<Watch, LiveFeed>();
  return {
    // Before it is known which labels are the source's own, no sample can be given to its series: the sender comes again.
    receive(request) {
      const reply = external === undefined && feeds.size > 0 ? notYet : receiver.receive(request);
      if (reply.status !== 204) metrics.refused(reply.status);
      return reply;
    },
    follow(watch, signal) {
      const liveSource = liveSourceOf(watch.settings);
      if ('why' in liveSource) return undefined;
      const feed = createLiveFeed({
        live: new LiveWatch(watch, { clock, onScored: timing(watch, options) }),
        source: liveSource,
        client: stoppable(client, signal),
        log,
        now,
        pause,
        sleep: (seconds) => sleep(seconds, signal),
        signal,
        externalLabels,
        onRoom: () => intake.consume(),
        onGap: (result) => metrics.gap(watch.settings.name, result),
      });
      intake.add(feed, liveSource.selector);
      feeds.set(watch, feed);
      return feed;
    },
    unfollow(watch) {
      const feed = feeds.get(watch);
      feeds.delete(watch);
      if (feed) intake.remove(feed);
    },
    relabel() {
      source += 1;
      external = undefined;
      intake.reconsider();
      // Who needs them asks again where this fails.
      externalLabels().catch((error: unknown) => log.debug('external labels cannot be read', { err: errorText(error) }));
    },
  };
}

/** Notes how long each sample of a watch took until it was scored, and passes it on. */
function timing({ settings }: Watch, { now, metrics, onScored }: LiveOptions): (sample: ScoredSample) => void {
  return (sample) => {
    const delay = now() - sample.time;
    if (delay < readBack) metrics.delayed(settings.name, delay);
    onScored(sample);
  };
}
