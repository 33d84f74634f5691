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
