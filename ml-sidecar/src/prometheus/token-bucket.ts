/** Lets each sender spend so much a second, with a store for bursts. */
export interface TokenBuckets {
  /** Whether `sender` has anything left. `now` in seconds, never running backwards. */
  has(sender: string, now: number): boolean;
  /** Takes `cost` from `sender`, into debt if need be. */
  spend(sender: string, cost: number, now: number): void;
}

export interface TokenBucketOptions {
  /** Tokens a second. */
  readonly rate: number;
  /** Most tokens that can be saved up. */
  readonly burst: number;
  /** Senders remembered; past it the longest unheard is forgotten, and so starts full. */
  readonly maxSenders: number;
}

interface Bucket {
  tokens: number;
  time: number;
}

/** Token buckets by sender (Tanenbaum, Computer Networks, section 5.4.2). A Map keeps the order of last use. */
export function createTokenBuckets({ rate, burst, maxSenders }: TokenBucketOptions): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  const filled = (sender: string, now: number): Bucket => {
    const bucket = buckets.get(sender) ?? { tokens: burst, time: now };
    const tokens = Math.min(burst, bucket.tokens + rate * Math.max(0, now - bucket.time));
    return { tokens, time: now };
  };
  return {
    has: (sender, now) => filled(sender, now).tokens > 0,
    spend: (sender, cost, now) => {
      const bucket = filled(sender, now);
      buckets.delete(sender);
      buckets.set(sender, { tokens: bucket.tokens - cost, time: bucket.time });
      if (buckets.size > maxSenders) buckets.delete(buckets.keys().next().value ?? sender);
    },
  };
}
