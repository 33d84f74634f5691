import type { Logger } from '@presage/service/log.ts';
import type { FitExecutor } from '../fits/fit-job.ts';
import type { QueueAddress } from '../fleet/queue-address.ts';
import { createQueueExecutor } from '../fleet/queue-executor.ts';
import type { QueueMetrics } from './fleet-metrics.ts';
import type { SelfMetrics } from './self-metrics.ts';

export interface OverQueueOptions {
  readonly address: QueueAddress;
  /** Makes the fits while Redis or workers are away. */
  readonly own: FitExecutor;
  readonly log: Logger;
  readonly metrics: Pick<SelfMetrics, 'watchQueue'>;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

/** Fits over the queue of a fleet; who makes them is counted, and told in a line whenever it changes. */
export function overQueue({ address, own, log, metrics, clock }: OverQueueOptions): FitExecutor {
  const queue = { queue: address.shown };
  const executor = createQueueExecutor({
    address,
    own,
    clock,
    onMode(mode, why) {
      if (mode === 'workers') log.info('fits are made by workers', queue);
      else log.warn('fits are made by own threads', { ...queue, why });
    },
    onWorkers(workers, before) {
      const found = { ...queue, workers, before };
      if (workers < before) log.warn('workers have gone', found);
      else log.info('workers have come', found);
    },
    onBatch: (result, fits) => counted.batch(result, fits),
    onWarning: (warning) => log.warn('Redis may lose jobs', { ...queue, warning }),
  });
  const counted: QueueMetrics = metrics.watchQueue(executor.view);
  return executor;
}
