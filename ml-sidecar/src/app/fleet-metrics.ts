import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FallbackReason, QueueView } from '../fleet/queue-executor.ts';
import type { ShardPlace } from '../watch/shard.ts';
import { showNumber } from './show-number.ts';

/** Shows which part of all series is followed. */
export function showShard({ index, count, labels }: ShardPlace, registry: Registry): void {
  const shown = new Gauge({
    name: 'presage_shard_info',
    help: 'Part of all series that is followed, always 1.',
    labelNames: ['shard', 'labels'],
    registers: [registry],
  });
  shown.set({ shard: `${index}/${count}`, labels: labels.join(';') }, 1);
}

/** What a process that hands its fits to a queue counts. */
export interface QueueMetrics {
  readonly batch: (result: 'workers' | FallbackReason, fits: number) => void;
}

/** Shows the queue as last seen, at each scrape. */
export function showQueue(view: () => QueueView, registry: Registry): QueueMetrics {
  const registers: Registry[] = [];
  const batches = new Counter({
    name: 'presage_queue_fits_total',
    help: 'Fits that were handed to the queue, by who made them: workers, or why own threads did.',
    labelNames: ['result'],
    registers,
  });
  const jobs = new Gauge({
    name: 'presage_queue_jobs',
    help: 'Batches of fits in the queue, of the whole fleet, by state.',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      for (const [state, count] of Object.entries(view().jobs)) this.set({ state }, count);
    },
  });
  registry.registerMetric(batches);
  registry.registerMetric(jobs);
  showNumber(registry, 'presage_queue_connected', '1 where Redis answers.', () => (view().connected ? 1 : 0));
  showNumber(registry, 'presage_queue_workers', 'Workers that take batches from the queue.', () => view().workers);
  return { batch: (result, fits) => batches.inc({ result }, fits) };
}

/** What one of several replicas counts. */
export interface PairMetrics {
  readonly shared: (result: string) => void;
  /** `token` of the lease, where it is held. */
  readonly lease: (token: number | undefined) => void;
}

/** Shows who of several replicas schedules fits, and what becomes of those. */
export function showPair(registry: Registry): PairMetrics {
  const registers = [registry];
  const shared = new Counter({
    name: 'presage_shared_fits_total',
    help: 'Fits shared by replicas: published, older or stale_writer where that was refused; taken from the leader, or own where it had none.',
    labelNames: ['result'],
    registers,
  });
  const held = new Gauge({ name: 'presage_lease_held', help: '1 where this replica schedules the fits of its group.', registers });
  const token = new Gauge({ name: 'presage_lease_token', help: 'Fencing token under which it last did.', registers });
  return {
    shared: (result) => shared.inc({ result }),
    lease(found) {
      held.set(found === undefined ? 0 : 1);
      if (found !== undefined) token.set(found);
    },
  };
}

/** What a worker tells of itself. */
export interface WorkerMetrics {
  readonly batch: (fits: number, faults: number, seconds: number) => void;
  readonly failed: () => void;
  readonly putBack: () => void;
  /** Text format 0.0.4. */
  readonly text: () => Promise<string>;
}

/** Registers every metric of a worker and those of the process. */
export function createWorkerMetrics(version: string, nodeVersion: string, connected: () => boolean): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const build = { name: 'presage_build_info', help: 'Version of Presage, always 1.', labelNames: ['version', 'nodeversion'], registers };
  new Gauge(build).set({ version, nodeversion: nodeVersion }, 1);
  const fits = new Counter({ name: 'presage_worker_fits_total', help: 'Fits made, by result.', labelNames: ['result'], registers });
  const seconds = new Histogram({
    name: 'presage_worker_batch_duration_seconds',
    help: 'Time that a batch of fits took, with its way from and to Redis.',
    buckets: [0.1, 0.5, 2, 10, 60],
    registers,
  });
  const errors = new Counter({ name: 'presage_worker_errors_total', help: 'Faults of the queue and of batches.', registers });
  const putBack = new Counter({
    name: 'presage_worker_put_back_batches_total',
    help: 'Batches that were taken from a worker which is gone or hangs, and put back into the queue.',
    registers,
  });
  showNumber(registry, 'presage_queue_connected', '1 where Redis answers.', () => (connected() ? 1 : 0));
  return {
    batch(count, faults, took) {
      fits.inc({ result: 'success' }, count - faults);
      fits.inc({ result: 'failure' }, faults);
      seconds.observe(took);
    },
    failed: () => errors.inc(),
    putBack: () => putBack.inc(),
    text: () => registry.metrics(),
  };
}
