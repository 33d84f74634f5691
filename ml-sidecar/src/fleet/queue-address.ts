import { UsageError } from '@presage/service/command-line.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { Secret } from '@presage/service/secret.ts';
import { Redis, type RedisOptions } from 'ioredis';
import { secretFrom } from '../app/secret-file.ts';

/** Flags of whatever works with the queue of a fleet. */
export const queueFlags = {
  queue: stringFlag({ help: 'Redis over which a fleet shares its fits, redis://HOST:PORT/DB or rediss:// for TLS.' }),
  'queue.password-file': stringFlag({ help: 'File with the password for Redis; else PRESAGE_QUEUE_PASSWORD is taken, where it is set.' }),
  'queue.prefix': stringFlag({
    help: 'Begin of every key in Redis; set-ups that share a Redis have different ones.',
    default: 'presage',
    check: (text) => (/^[\w.-]{1,64}$/.test(text) ? undefined : 'letters, digits, dots, dashes and underscores'),
  }),
} as const;

/** Where the queue of a fleet is, and how to get in. */
export interface QueueAddress {
  /** As it may be shown. */
  readonly shown: string;
  readonly url: string;
  readonly password: Secret | undefined;
  readonly prefix: string;
}

interface QueueValues {
  readonly queue: string;
  readonly 'queue.password-file': string;
  readonly 'queue.prefix': string;
}

/** What the flags say; nothing without --queue. Throws a UsageError. */
export function queueAddress(flags: QueueValues, environment: Readonly<Record<string, string | undefined>>): QueueAddress | undefined {
  if (flags.queue === '') return undefined;
  const wish = 'an address such as redis://127.0.0.1:6379, or rediss:// for TLS';
  const url = URL.canParse(flags.queue) ? new URL(flags.queue) : undefined;
  // What was found is not shown: it may hold a password.
  if (url?.password) throw new UsageError('--queue: got a password in the address, want --queue.password-file or PRESAGE_QUEUE_PASSWORD');
  if (url?.protocol !== 'redis:' && url?.protocol !== 'rediss:')
    throw new UsageError(`--queue: got ${JSON.stringify(flags.queue)}, want ${wish}`);
  const file = flags['queue.password-file'];
  const password = file === '' ? environment['PRESAGE_QUEUE_PASSWORD'] : secretFrom('--queue.password-file', file);
  return {
    shown: url.href,
    url: url.href,
    password: password === undefined ? undefined : new Secret(password),
    prefix: flags['queue.prefix'],
  };
}

/** A connection that comes back by itself. `onError` is told of each fault of it. */
export function connect({ url, password }: QueueAddress, options: RedisOptions, onError: (error: Error) => void): Redis {
  const login = password === undefined ? {} : { password: password.reveal() };
  const redis = new Redis(url, {
    connectTimeout: 5000,
    // The longest wait between two attempts, and so what a Redis that is back is waited for.
    retryStrategy: (times) => Math.min(1000, 50 * times),
    maxRetriesPerRequest: null,
    ...options,
    ...login,
  });
  redis.on('error', onError);
  return redis;
}
