import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '@presage/service/log.ts';
import { createLive } from '../../ml-sidecar/src/app/live.ts';
import { createPoller } from '../../ml-sidecar/src/app/poller.ts';
import { createSelfMetrics } from '../../ml-sidecar/src/app/self-metrics.ts';
import { shapeOf } from '../../ml-sidecar/src/app/shape.ts';
import type { WatchSettings } from '../../ml-sidecar/src/configuration/configuration.ts';
import { autoDefaults } from '../../ml-sidecar/src/detectors/auto-plan.ts';
import { createPrometheusClient, type PrometheusClient } from '../../ml-sidecar/src/prometheus/client.ts';
import type { MatrixSeries } from '../../ml-sidecar/src/prometheus/matrix.ts';
import type { WriteCounts, WriteReply, WriteRequest } from '../../ml-sidecar/src/prometheus/remote-write.ts';
import { parseSelector, type Selector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { LiveWatch } from '../../ml-sidecar/src/watch/live-watch.ts';
import { fromDisk } from '../../ml-sidecar/src/watch/section.fixture.ts';
import type { Section } from '../../ml-sidecar/src/watch/section.ts';
import { restoreSnapshot, takeSnapshot } from '../../ml-sidecar/src/watch/snapshot.ts';
import { Watch } from '../../ml-sidecar/src/watch/watch.ts';

/** One run of all that takes live samples, from some saved state to its end. */
export interface Life {
  readonly watch: Watch;
  readonly selector: Selector;
  /** "series time" → what it scored, each time that it was scored. */
  readonly scores: ReadonlyMap<string, readonly number[]>;
  readonly ended: boolean;
  receive(request: WriteRequest): WriteReply;
  receiverCounts(): Readonly<WriteCounts>;
  /** Time of the newest sample scored, Unix seconds. */
  newest(): number;
  /** State as it would stand in a file. */
  save(): readonly Section[];
  end(): void;
}

const settings: WatchSettings = {
  name: 'm',
  expr: 'm',
  // Long, so that a gap is found by what comes after it and not by the next step.
  step: 20,
  resolution: 0.2,
  live: true,
  history: 1800,
  horizon: 100,
  refit: 2000,
  delay: 1,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  detection: autoDefaults,
  seriesLimit: 100,
};
const shape = shapeOf(settings, { quantiles: [0.1, 0.5, 0.9], horizons: [100] });

export function clientOf(url: string, signal?: AbortSignal): PrometheusClient {
  const pause = (seconds: number): Promise<void> => sleep(seconds * 1000);
  return createPrometheusClient({ url, timeoutSeconds: 10, sleep: pause, random: Math.random, ...(signal ? { signal } : {}) });
}

/** Starts to take and to poll as the app does. */
export function startLife(url: string, saved: readonly Section[] | undefined): Life {
  const watch = new Watch(settings, shape);
  if (saved && !restoreSnapshot(watch, saved)) throw new Error('state does not fit');
  const abort = new AbortController();
  const { signal } = abort;
  const scores = new Map<string, number[]>();
  const metrics = createSelfMetrics('test', 'test');
  let counts: Readonly<WriteCounts> | undefined;
  let newest = -Infinity;
  const common = {
    client: clientOf(url, signal),
    log: silentLogger,
    metrics: { ...metrics, watchIntake: (view: { readonly counts: Readonly<WriteCounts> }) => void (counts = view.counts) },
    now: () => Date.now() / 1000,
    clock: () => performance.now() / 1000,
    pause: () => setImmediate(),
    sleep: (seconds: number) => sleep(Math.max(0, seconds) * 1000),
  };
  const live = createLive({
    ...common,
    random: Math.random,
    onScored: ({ series, time, score }) => {
      if (signal.aborted) return;
      const key = keyOf(series.labels, time);
      scores.set(key, [...(scores.get(key) ?? []), score]);
      newest = Math.max(newest, time);
    },
  });
  const feed = live.follow(watch, signal)!;
  void createPoller({ ...common, signal, watch, feed, loaded: () => {} }).run();
  return {
    watch,
    scores,
    selector: parseSelector('m')!,
    get ended() {
      return signal.aborted;
    },
    receive: (request) => live.receive(request),
    receiverCounts: () => counts!,
    newest: () => newest,
    save: () => fromDisk(takeSnapshot(watch)),
    end: () => abort.abort(),
  };
}

/** What the samples score in one go, by the same keys. */
export function referenceOf(stored: readonly MatrixSeries[]): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  const live = new LiveWatch(new Watch(settings, shape), {
    clock: () => 0,
    onScored: ({ series, time, score }) => void scores.set(keyOf(series.labels, time), score),
  });
  for (const { labels, times, values } of stored) live.takeBack(live.targetOf(labels), times, values, 'all');
  return scores;
}

function keyOf(labels: Readonly<Record<string, string>>, time: number): string {
  return `${labels['series'] ?? ''} ${time}`;
}
