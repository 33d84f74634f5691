/** A token bucket: a token every `interval` seconds, at most `burst` of them, full at the start. */
export interface RateLimiter {
  /** Takes a token if there is one. `now` is in seconds on any clock that does not go back. */
  allow(now: number): boolean;
}

/** The toolkit's rate limit: one bucket for all clients together. An interval of 0 allows everything. */
export function createRateLimiter(interval: number, burst: number): RateLimiter {
  if (interval === 0) return { allow: () => true };
  let tokens = burst;
  let last = -Infinity;
  return {
    allow: (now) => {
      tokens = Math.min(burst, tokens + Math.max(0, now - last) / interval);
      last = Math.max(last, now);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
