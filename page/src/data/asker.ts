/** What came of a question: the newest answer, kept while a newer one is asked for or fails. */
export interface Answer<T> {
  readonly data: T | undefined;
  /** Why the last question failed, in words. */
  readonly fault: string | undefined;
}

/** Asks one question again and again. */
export interface Asker {
  /** Asks unless the news are those that were asked for already; waits for an answer under way, and a pause after it. */
  readonly wake: (news: number) => void;
  readonly stop: () => void;
}

/** Milliseconds from one question to the next, however many news there are. */
const leastPause = 5000;

/** `tell` gets every answer; after a fault it also gets the last data there were. `ask` is called with one question under way at most. */
export function createAsker<T>(ask: () => Promise<T>, tell: (answer: Answer<T>) => void): Asker {
  let last: T | undefined;
  let wanted = NaN;
  let asked = NaN;
  let busy = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = async (): Promise<void> => {
    [asked, busy] = [wanted, true];
    const answer = await ask().then(
      (data): Answer<T> => ({ data, fault: undefined }),
      (error: unknown): Answer<T> => ({ data: last, fault: error instanceof Error ? error.message : String(error) }),
    );
    if (stopped) return;
    last = answer.data;
    tell(answer);
    timer = setTimeout(() => {
      busy = false;
      if (wanted !== asked) void run();
    }, leastPause);
  };
  return {
    wake(news) {
      wanted = news;
      if (!busy && !stopped && wanted !== asked) void run();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
