import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ShardPlace } from '../watch/shard.ts';
import { type ClockMetrics, createClockMetrics } from './clock-metrics.ts';
import type { QueueView } from '../fleet/queue-executor.ts';
import { showPair, showQueue, showShard, type PairMetrics, type QueueMetrics } from './fleet-metrics.ts';
import type { FitQueue } from '../fits/fit-queue.ts';
import { showEventLoop, showFits } from './fit-metrics.ts';
import { createTransportMetrics, showIntake, type IntakeView, type TransportMetrics } from './intake-metrics.ts';
import { createMemoryMetrics, type MemoryMetrics } from './memory-guard.ts';
import { createStateMetrics, type StateMetrics } from './state-metrics.ts';

/** Presage's own health. The one place that knows prom-client. */
export interface SelfMetrics extends StateMetrics, ClockMetrics, MemoryMetrics, TransportMetrics {
  readonly queries: (watch: string, result: 'success' | 'failure', seconds: number) => void;
  readonly retried: () => void;
  readonly scored: (watch: string, samples: number) => void;
  /** Seconds from the time of a live sample until it was scored. */
  readonly delayed: (watch: string, seconds: number) => void;
  readonly ignored: (watch: string, reason: 'nan' | 'infinite' | 'histogram', samples: number) => void;
  readonly dropped: (watch: string, reason: 'limit' | 'duplicate', series: number) => void;
  readonly fitted: (watch: string, result: 'success' | 'failure', seconds: number) => void;
  readonly followed: (watch: string, series: number) => void;
  readonly up: (watch: string, up: boolean, now: number) => void;
  readonly gap: (watch: string, result: 'filled' | 'failed') => void;
  /** A body of live samples was refused with an HTTP status. */
  readonly refused: (status: number) => void;
  /** Shows what the receiver of live samples counts. */
  readonly watchIntake: (receiver: IntakeView) => void;
  /** Shows what waits for a thread. */
  readonly watchFits: (queue: Pick<FitQueue, 'waiting' | 'running'>) => void;
  /** Shows the queue that a fleet shares its fits over. */
  readonly watchQueue: (view: () => QueueView) => QueueMetrics;
  /** Shows who of several replicas schedules fits. */
  readonly watchPair: () => PairMetrics;
  /** Tells which part of all series is followed. */
  readonly sharded: (shard: ShardPlace) => void;
  /** Notes that the configuration was loaded or could not be. `now` in Unix seconds. */
  readonly reloaded: (successful: boolean, now: number) => void;
  /** Removes all that is shown of a watch. */
  readonly forget: (watch: string) => Promise<void>;
  /** Text format 0.0.4. */
  readonly text: () => Promise<string>;
}

/** Registers every metric and those of the process. `version` goes into presage_build_info. */
export function createSelfMetrics(version: string, nodeVersion: string): SelfMetrics {
  const registry = createRegistry(version, nodeVersion);
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) => new Counter({ name, help, labelNames, registers });
  const seconds = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, labelNames: ['watch'], buckets, registers });
  const queries = counter('presage_queries_total', 'Queries sent for a watch, by result.', ['watch', 'result']);
  const querySeconds = seconds('presage_query_duration_seconds', 'Time that the queries of a watch took.', [0.01, 0.05, 0.2, 1, 5, 20, 60]);
  const retries = new Counter({ name: 'presage_query_retries_total', help: 'Queries that were sent again after a failure.', registers });
  const scored = counter('presage_scored_samples_total', 'Values scored.', ['watch']);
  const delays = seconds(
    'presage_score_delay_seconds',
    'Time from a live sample until it was scored.',
    [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60],
  );
  const ignored = counter('presage_ignored_samples_total', 'Values that cannot be learned from, by reason.', ['watch', 'reason']);
  const dropped = counter('presage_dropped_series_total', 'Times that a series was left out of a load, by reason.', ['watch', 'reason']);
  const fits = counter('presage_fits_total', 'Models fitted, by result.', ['watch', 'result']);
  const fitSeconds = seconds('presage_fit_duration_seconds', 'Time that one fit took.', [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10]);
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['watch'], registers });
  const followed = gauge('presage_watched_series', 'Series that a watch follows.');
  const up = gauge('presage_watch_up', '1 where the last query of the watch succeeded.');
  const lastSuccess = gauge('presage_watch_last_success_timestamp_seconds', 'When a query of the watch last succeeded.');
  const gaps = counter('presage_gaps_total', 'Times that missed samples were read back, by result.', ['watch', 'result']);
  const refused = counter('presage_refused_writes_total', 'Bodies of live samples that were refused, by HTTP status.', ['code']);
  // Else the first refusal would be no increase.
  refused.inc({ code: '503' }, 0);
  return {
    ...reloadGauges(registers),
    forget: (watch) => forgetWatch(registry, watch),
    queries: (watch, result, took) => {
      queries.inc({ watch, result });
      querySeconds.observe({ watch }, took);
    },
    retried: () => retries.inc(),
    scored: (watch, samples) => scored.inc({ watch }, samples),
    delayed: (watch, delay) => delays.observe({ watch }, delay),
    ignored: (watch, reason, samples) => ignored.inc({ watch, reason }, samples),
    dropped: (watch, reason, series) => dropped.inc({ watch, reason }, series),
    fitted: (watch, result, took) => {
      fits.inc({ watch, result });
      fitSeconds.observe({ watch }, took);
    },
    followed: (watch, series) => followed.set({ watch }, series),
    up: (watch, isUp, now) => {
      up.set({ watch }, isUp ? 1 : 0);
      if (isUp) lastSuccess.set({ watch }, now);
    },
    gap: (watch, result) => gaps.inc({ watch, result }),
    refused: (status) => refused.inc({ code: String(status) }),
    watchIntake: (receiver) => showIntake(receiver, registry),
    watchFits: (queue) => showFits(queue, registry),
    ...createPartMetrics(registers),
    watchQueue: (view) => showQueue(view, registry),
    watchPair: () => showPair(registry),
    sharded: (shard) => showShard(shard, registry),
    text: () => registry.metrics(),
  };
}

/** Metrics of parts that have a file of their own. */
function createPartMetrics(registers: Registry[]): StateMetrics & ClockMetrics & MemoryMetrics & TransportMetrics {
  return {
    ...createStateMetrics(registers),
    ...createClockMetrics(registers),
    ...createMemoryMetrics(registers),
    ...createTransportMetrics(registers),
  };
}

/** A registry with what the process is and needs. */
function createRegistry(version: string, nodeVersion: string): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  showEventLoop(registry);
  new Gauge({ name: 'presage_build_info', help: 'Version of Presage, always 1.', labelNames: ['version', 'nodeversion'], registers }).set(
    { version, nodeversion: nodeVersion },
    1,
  );
  registry.registerMetric(clock());
  return registry;
}

/** What the clock of this machine says at a scrape: Prometheus compares it with its own. */
function clock(): Gauge {
  return new Gauge({
    name: 'presage_time_seconds',
    help: 'Clock of the sidecar, Unix seconds.',
    registers: [],
    collect() {
      this.setToCurrentTime();
    },
  });
}

function reloadGauges(registers: Registry[]): Pick<SelfMetrics, 'reloaded'> {
  const successful = new Gauge({
    name: 'presage_config_last_reload_successful',
    help: '1 where the configuration was last loaded, 0 where it had a fault and the one before stayed.',
    registers,
  });
  const time = new Gauge({
    name: 'presage_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last loaded.',
    registers,
  });
  return {
    reloaded(isSuccessful, now) {
      successful.set(isSuccessful ? 1 : 0);
      if (isSuccessful) time.set(now);
    },
  };
}

async function forgetWatch(registry: Registry, watch: string): Promise<void> {
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    for (const { labels } of (await metric?.get())?.values ?? []) {
      // The buckets of a histogram go with its own labels.
      const { le: _, ...own }: Readonly<Record<string, string | number | undefined>> = labels;
      if (own['watch'] === watch) metric?.remove(own);
    }
  }
}
