import { UsageError } from '@presage/service/command-line.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { SelfMetrics } from './self-metrics.ts';
import type { WatchChanges } from './running-watches.ts';

/** What a reload did, or every fault for which it did nothing. */
export type ReloadAnswer = { readonly changes: WatchChanges } | { readonly faults: string };

export interface ReloadOptions {
  /** Reads the configuration and makes it what runs. Rejects where it has a fault, with nothing changed. */
  readonly load: () => Promise<WatchChanges>;
  readonly log: Logger;
  readonly metrics: Pick<SelfMetrics, 'reloaded'>;
  /** Unix seconds. */
  readonly now: () => number;
}

/** Loads the configuration when asked, once at a time. */
export interface Reloads {
  /** Never rejects. Who asks while one waits for another to end gets the answer of that. */
  request(): Promise<ReloadAnswer>;
  /** Resolves once none is under way. */
  idle(): Promise<void>;
}

/** None under way. */
export function createReloads({ load, log, metrics, now }: ReloadOptions): Reloads {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<ReloadAnswer> | undefined;
  const one = async (): Promise<ReloadAnswer> => {
    try {
      const changes = await load();
      metrics.reloaded(true, now());
      const { kept, changed, added, removed } = changes;
      log.info('configuration loaded', { kept: kept.length, changed: changed.join(), added: added.join(), removed: removed.join() });
      return { changes };
    } catch (error) {
      metrics.reloaded(false, now());
      // A UsageError says all of its causes itself.
      const faults = error instanceof UsageError ? error.message : errorText(error);
      log.error('configuration cannot be used; the one before stays', { err: faults });
      return { faults };
    }
  };
  return {
    request() {
      waiting ??= last.then(() => {
        waiting = undefined;
        return one();
      });
      last = waiting;
      return waiting;
    },
    idle: async () => void (await last),
  };
}
