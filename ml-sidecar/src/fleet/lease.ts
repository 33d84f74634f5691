import type { Redis } from 'ioredis';

export interface LeaseOptions {
  readonly redis: Redis;
  /** Key that names the holder. */
  readonly key: string;
  /** Key of the token, which counts up with every new holder. */
  readonly tokenKey: string;
  /** Who asks; no two alike. */
  readonly holder: string;
  /** Milliseconds that it holds without being renewed; asked for three times as often. Default 5000. */
  readonly ttlMs?: number;
  /** Told whenever it is won or lost. */
  readonly onChange?: (held: boolean, token: number) => void;
}

/** The right to do something alone, until it is lost. */
export interface Lease {
  /** The fencing token while it is held, nothing else: what is written under an older token is refused. */
  token(): number | undefined;
  /** Gives it up. */
  close(): Promise<void>;
}

/** 0: another one holds it; else the token. Whole in Redis, so that no two ever hold it. */
const acquire = `
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(redis.call('GET', KEYS[2]))
end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('INCR', KEYS[2])`;

const release = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** Asks for the lease, and again and again until it is closed. */
export function createLease({ redis, key, tokenKey, holder, ttlMs = 5000, onChange }: LeaseOptions): Lease {
  let token: number | undefined;
  let until = -Infinity;
  const now = (): number => performance.now();
  const set = (next: number | undefined): void => {
    if (next === token) return;
    token = next;
    onChange?.(next !== undefined, next ?? 0);
  };
  const ask = async (): Promise<void> => {
    const asked = now();
    try {
      const answer = Number(await redis.eval(acquire, 2, key, tokenKey, holder, ttlMs));
      // Counted from before the question: here it never lasts longer than in Redis.
      until = asked + ttlMs;
      set(answer > 0 ? answer : undefined);
    } catch {
      // Redis is away: what is held runs out by itself.
      if (now() > until) set(undefined);
    }
  };
  const timer = setInterval(() => void ask(), ttlMs / 3);
  timer.unref();
  void ask();
  return {
    token: () => (now() < until ? token : undefined),
    async close() {
      clearInterval(timer);
      set(undefined);
      await redis.eval(release, 1, key, holder).catch(() => undefined);
    },
  };
}
