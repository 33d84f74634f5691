import type { Logger } from '@presage/service/log.ts';
import type { Retry } from '../prometheus/retry.ts';
import type { SelfMetrics } from './self-metrics.ts';

/** Seconds in which the same failure is told once, and any. */
const quiet = 60;
const breath = 1;

/** Counts every question that is asked again, and logs why: the same reason once a minute. `clock` in monotonic seconds. */
export function tellRetries(log: Logger, clock: () => number, metrics: Pick<SelfMetrics, 'retried'>): (retry: Retry) => void {
  let told = -Infinity;
  let last = '';
  return ({ attempt, waitSeconds, message }) => {
    metrics.retried();
    if (clock() - told < (message === last ? quiet : breath)) return;
    [told, last] = [clock(), message];
    log.warn('Prometheus did not answer well and is asked again', { attempt, wait: Math.round(waitSeconds * 10) / 10, err: message });
  };
}
