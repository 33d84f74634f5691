import { randomUUID } from 'node:crypto';
import type { Logger } from '@presage/service/log.ts';
import type { FitQueue } from '../fits/fit-queue.ts';
import { keysOf } from '../fleet/fit-ticket.ts';
import { createLease } from '../fleet/lease.ts';
import { createModelStore } from '../fleet/model-store.ts';
import { connect, type QueueAddress } from '../fleet/queue-address.ts';
import { shareFits } from '../fleet/shared-fits.ts';
import type { ShardPlace } from '../watch/shard.ts';
import type { SelfMetrics } from './self-metrics.ts';
import { tellFaults } from './tell-faults.ts';

export interface ReplicasOptions {
  readonly address: QueueAddress;
  /** Replicas of one shard share their fits. */
  readonly shard: ShardPlace | undefined;
  readonly own: FitQueue;
  readonly log: Logger;
  readonly metrics: Pick<SelfMetrics, 'watchPair'>;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Gives the lease up. */
  readonly signal: AbortSignal;
}

/** Fits shared with whatever replicas of the same shard there are: one schedules them, the others take them up. */
export function amongReplicas({ address, shard, own, log, metrics, clock, sleep, signal }: ReplicasOptions): FitQueue {
  const group = shard ? `${shard.index}-of-${shard.count}-by-${shard.labels.join('-')}` : 'all';
  const keys = keysOf(address.prefix);
  const counted = metrics.watchPair();
  counted.lease(undefined);
  const onError = tellFaults((err) => log.warn('fits are not shared with replicas', { queue: address.shown, err }), clock);
  const redis = connect(address, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 3000 }, onError);
  const lease = createLease({
    redis,
    key: keys.lease(group),
    tokenKey: keys.token(group),
    holder: randomUUID(),
    onChange(held, token) {
      counted.lease(held ? token : undefined);
      log.info(held ? 'this replica schedules the fits' : 'another replica schedules the fits', { group, ...(held ? { token } : {}) });
    },
  });
  const modelsKey = (watch: string): string => keys.models(group, watch);
  const store = createModelStore({ redis, modelsKey, tokenKey: keys.token(group) });
  signal.addEventListener('abort', () => void lease.close().then(() => redis.disconnect()));
  return shareFits({ own, lease, store, sleep, onFit: counted.shared, onError });
}
