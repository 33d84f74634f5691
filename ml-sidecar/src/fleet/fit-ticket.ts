/** The queue of fits, below the prefix of the set-up. */
export const fitQueueName = 'fits';

/** What a job of the queue carries: where its payload is, and where its outcome goes. */
export interface FitTicket {
  readonly payload: string;
  readonly outcome: string;
  /** List to which the id of the job is appended once its outcome is there. */
  readonly reply: string;
  /** How long Redis keeps the outcome, milliseconds. */
  readonly ttlMs: number;
}

/** Keys of a fleet in Redis. */
export function keysOf(prefix: string) {
  return {
    payload: (id: string) => `${prefix}:payload:${id}`,
    outcome: (id: string) => `${prefix}:outcome:${id}`,
    reply: (id: string) => `${prefix}:reply:${id}`,
    /** Who schedules the fits of a group of replicas. */
    lease: (group: string) => `${prefix}:lease:${group}`,
    /** Counts up with every new holder of the lease. */
    token: (group: string) => `${prefix}:token:${group}`,
    /** Newest fit of each series of a watch. */
    models: (group: string, watch: string) => `${prefix}:models:${group}:${watch}`,
  } as const;
}
