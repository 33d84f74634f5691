/** Runs tasks, never more than so many at a time; the rest wait in order. */
export type Gate = <T>(task: () => Promise<T>) => Promise<T>;

/** A gate that lets `places` tasks run at once. */
export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
