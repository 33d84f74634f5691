/** One more attempt that is about to be made. */
export interface Retry {
  /** 1 for the first retry. */
  readonly attempt: number;
  readonly waitSeconds: number;
  readonly message: string;
}

export interface RetryOptions {
  /** Attempts in all, the first included. */
  readonly tries: number;
  /** Waits so many seconds. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Seconds that the other side wants to be left alone, or undefined where `error` is final. */
  readonly retryAfter: (error: unknown) => number | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

const firstWaitSeconds = 0.5;
const longestWaitSeconds = 30;

/**
 * Runs `task` until it succeeds, fails for good, or the tries are used up; then throws its last error.
 * Waits a random part of a doubling span ("full jitter": Brooker, Exponential Backoff and Jitter, AWS 2015), at most 30 s.
 */
export async function withRetries<T>(task: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      const floor = options.retryAfter(error);
      if (floor === undefined || attempt >= options.tries) throw error;
      const span = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** attempt);
      const waitSeconds = Math.min(longestWaitSeconds, floor + options.random() * span);
      options.onRetry?.({ attempt, waitSeconds, message: error instanceof Error ? error.message : String(error) });
      await options.sleep(waitSeconds);
    }
  }
}
