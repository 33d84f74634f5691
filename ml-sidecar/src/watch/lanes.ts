/** Tasks under way side by side. */
export interface Lanes {
  /** Takes a task that has begun; resolves once fewer than the most are under way. Rejects where one has failed. */
  add(task: Promise<void>): Promise<void>;
  /** Resolves once all are done. Rejects where one has failed. */
  done(): Promise<void>;
}

/** Lanes for at most so many tasks. */
export function createLanes(most: number): Lanes {
  let open = 0;
  let failure: { readonly cause: unknown } | undefined;
  let wake = (): void => {};
  const until = async (fewer: () => boolean): Promise<void> => {
    const isOver = (): boolean => failure !== undefined || fewer();
    while (!isOver()) await new Promise<void>((resolve) => (wake = resolve));
    if (failure) throw failure.cause;
  };
  const follow = async (task: Promise<void>): Promise<void> => {
    try {
      await task;
    } catch (cause) {
      failure ??= { cause };
    }
    open--;
    wake();
  };
  return {
    add(task) {
      open++;
      void follow(task);
      return until(() => open < most);
    },
    done: () => until(() => open === 0),
  };
}

/** Runs `task` for whoever asks, one run at a time; those who ask while one is under way share the next one. */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve();
  let next: Promise<void> | undefined;
  const after = async (before: Promise<void>): Promise<void> => {
    // Whoever asked for it hears of its fault.
    await before.catch(() => {});
    next = undefined;
    await task();
  };
  return () => {
    if (next) return next;
    next = after(last);
    last = next;
    return next;
  };
}
