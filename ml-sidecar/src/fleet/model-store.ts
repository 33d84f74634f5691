import type { Redis } from 'ioredis';
import type { Fit } from '../fits/fit-job.ts';
import { fitAsBlob, fitOfBlob } from './fit-blob.ts';

/** Which fit: of which series of which watch. */
export interface ModelName {
  readonly watch: string;
  /** The series, by its labels. */
  readonly key: string;
}

/** What became of a fit that was published. */
export type Published = 'published' | 'older' | 'stale_writer';

export interface ModelStoreOptions {
  readonly redis: Redis;
  /** Hash of the fits of a watch. */
  readonly modelsKey: (watch: string) => string;
  /** Where the token of the lease stands. */
  readonly tokenKey: string;
  /** Seconds that the fits of a watch are kept after the last one came. Default a day. */
  readonly keepSeconds?: number;
}

/** The newest fit of each series, as versioned blobs in Redis. */
export interface ModelStore {
  /**
   * Puts a fit there whose origin is at `origin`, Unix seconds, its version. Refused, in one step with the comparison, where there is
   * one as new already, or where `token` is not that of the newest holder of the lease. Rejects where Redis is away.
   */
  publish(name: ModelName, origin: number, fit: Fit, token: number): Promise<Published>;
  /** Origin of the newest fit of a series, Unix seconds; nothing where there is none. Rejects where Redis is away. */
  origin(name: ModelName): Promise<number | undefined>;
  /** The newest fit of a series and its origin. Rejects where Redis is away, or with a FitBlobError. */
  read(name: ModelName): Promise<{ readonly origin: number; readonly fit: Fit } | undefined>;
}

const publish = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'stale_writer' end
local known = redis.call('HGET', KEYS[1], 'v' .. ARGV[2])
if known and tonumber(known) >= tonumber(ARGV[3]) then return 'older' end
redis.call('HSET', KEYS[1], 'v' .. ARGV[2], ARGV[3], 'm' .. ARGV[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 'published'`;

/** A store below the keys that are given. */
export function createModelStore({ redis, modelsKey, tokenKey, keepSeconds = 86_400 }: ModelStoreOptions): ModelStore {
  const originOf = (text: unknown): number | undefined => (text === null || text === undefined ? undefined : Number(text));
  return {
    async publish({ watch, key }, origin, fit, token) {
      const answer = await redis.eval(publish, 2, modelsKey(watch), tokenKey, token, key, origin, fitAsBlob(fit), keepSeconds);
      return answer === 'published' || answer === 'older' ? answer : 'stale_writer';
    },
    origin: async ({ watch, key }) => originOf(await redis.hget(modelsKey(watch), `v${key}`)),
    async read({ watch, key }) {
      const [version, blob] = await redis.hmgetBuffer(modelsKey(watch), `v${key}`, `m${key}`);
      const origin = originOf(version?.toString());
      return origin === undefined || !blob ? undefined : { origin, fit: fitOfBlob(blob) };
    },
  };
}
