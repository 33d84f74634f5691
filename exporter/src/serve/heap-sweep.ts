/** A sweep takes some 8 ms: less than one scrape in a hundred may have to wait for it, and 2 MB of garbage may gather between two. */
const SCRAPES_BETWEEN = 250;

/**
 * Gives what to call after each answer: now and then it collects garbage, once the answer is out and before the next scrape comes.
 * Left alone, the engine lets a heap of 8 MB grow to 16 before it does so amid a scrape. `collect` is the engine's own function, there
 * only where it was started with --expose-gc.
 */
export function createHeapSweep(collect: (() => void) | undefined): () => void {
  let scrapes = 0;
  if (collect === undefined) return () => {};
  return () => {
    scrapes += 1;
    if (scrapes % SCRAPES_BETWEEN === 0) setImmediate(collect);
  };
}
