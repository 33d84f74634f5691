import type { Redis } from 'ioredis';

/**
 * Keeps a second error of one connection from ending the process: ioredis hears the first alone, and over TLS more may come where a
 * certificate is refused. The first is told as ever. Gives back what it was given, which must be new.
 */
export function outliveErrors(redis: Redis): Redis {
  // A connection is made in the tick after this is told.
  return redis.on('connecting', () => void setImmediate(() => redis.stream?.on('error', () => {})));
}
