import { errorText } from '@presage/service/log.ts';

/** Seconds in which the same fault is told once, and how many are remembered. */
const quiet = 600;
const most = 100;

/**
 * Tells the faults of something that is tried again and again: each text once in ten minutes, as a fault that lasts comes at every try, and
 * sometimes two of them in turn. `clock` in monotonic seconds.
 */
export function tellFaults(tell: (err: string) => void, clock: () => number): (error: unknown) => void {
  const told = new Map<string, number>();
  return (error) => {
    const err = errorText(error);
    const now = clock();
    if (now - (told.get(err) ?? -Infinity) < quiet) return;
    if (told.size >= most) told.clear();
    told.set(err, now);
    tell(err);
  };
}

export interface OutageOptions {
  /** Logs a fault. */
  readonly failed: (err: string) => void;
  /** Logs that all is well again. */
  readonly again: () => void;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

/** Something that is tried again and again, and at times does well. */
export interface Outages {
  readonly failed: (error: unknown) => void;
  readonly well: () => void;
}

/** As `tellFaults`, but once it does well again that is told, and the next outage is news even where it looks like the last. */
export function tellOutages({ failed, again, clock }: OutageOptions): Outages {
  let tell: ((error: unknown) => void) | undefined;
  return {
    failed: (error) => (tell ??= tellFaults(failed, clock))(error),
    well() {
      if (tell) again();
      tell = undefined;
    },
  };
}
