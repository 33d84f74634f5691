import { errorText, type Logger } from '@presage/service/log.ts';
import type { WriteReply, WriteRequest } from '../prometheus/remote-write.ts';
import { createTransports, type Queues, type TransportOptions } from './transports.ts';

export interface RunningTransportsOptions extends Pick<TransportOptions, 'clock' | 'metrics'> {
  readonly receive: (request: WriteRequest) => WriteReply;
  readonly log: Logger;
  /** Resolves after so many seconds, or at once when the signal fires. */
  readonly sleep: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Ends all of them. */
  readonly signal: AbortSignal;
}

/** The queues that are emptied now. */
export interface RunningTransports {
  /** Empties these; those before them are let go first, since two members of one name would take bodies from each other. */
  use(queues: Queues): void;
  /** Resolves once all have ended. */
  ended(): Promise<void>;
}

/** None yet. */
export function createRunningTransports({ receive, log, metrics, clock, sleep, signal: all }: RunningTransportsOptions): RunningTransports {
  let current: Queues | undefined;
  let end = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  return {
    use(queues) {
      if (queues === current) return;
      const before = end;
      end = new AbortController();
      const signal = AbortSignal.any([end.signal, all]);
      const transports = createTransports({ queues, receive, log, metrics, clock, sleep: (seconds) => sleep(seconds, signal), signal });
      current = queues;
      before.abort();
      running = running
        .then(() => Promise.all(transports.map((transport) => transport.run())))
        .catch((error: unknown) => log.error('queue is not emptied any more', { err: errorText(error) }));
    },
    ended: async () => void (await running),
  };
}
