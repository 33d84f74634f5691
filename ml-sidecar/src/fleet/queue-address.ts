import { UsageError } from '@presage/service/command-line.ts';
import { type FlagValues, stringFlag } from '@presage/service/flags.ts';
import { Secret } from '@presage/service/secret.ts';
import { Redis, type RedisOptions } from 'ioredis';
import { type ClientTls, readClientTls } from '../app/client-tls.ts';
import { secretFrom } from '../app/secret-file.ts';
import { outliveErrors } from '../prometheus/outlive-errors.ts';

/** Flags of whatever works with the queue of a fleet. */
export const queueFlags = {
  queue: stringFlag({ help: 'Redis over which a fleet shares its fits, redis://HOST:PORT/DB or rediss:// for TLS.' }),
  'queue.password-file': stringFlag({ help: 'File with the password for Redis; else PRESAGE_QUEUE_PASSWORD is taken, where it is set.' }),
  'queue.tls-ca-file': stringFlag({
    help: 'Authorities that the certificate of Redis may be of, as PEM; else those that Node knows. For rediss://.',
  }),
  'queue.tls-cert-file': stringFlag({ help: 'Certificate to show to Redis, as PEM. For rediss://.' }),
  'queue.tls-key-file': stringFlag({ help: 'Key of that certificate, as PEM.' }),
  'queue.tls-server-name': stringFlag({ help: 'Name that the certificate of Redis must be for; else that of the address.' }),
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
  /** Certificates where the address is one of TLS. */
  readonly tls: ClientTls | undefined;
  readonly prefix: string;
}

/** What the flags say. */
export type QueueValues = FlagValues<typeof queueFlags>;

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
  const tls = readClientTls(
    {
      ca: flags['queue.tls-ca-file'],
      cert: flags['queue.tls-cert-file'],
      key: flags['queue.tls-key-file'],
      serverName: flags['queue.tls-server-name'],
    },
    (file) => `--queue.tls-${file}-file`,
  );
  if (url.protocol !== 'rediss:' && Object.keys(tls).length > 0)
    throw new UsageError(`--queue: got ${JSON.stringify(flags.queue)} with certificates, want rediss://`);
  return {
    shown: url.href,
    url: url.href,
    password: password === undefined ? undefined : new Secret(password),
    tls: url.protocol === 'rediss:' ? tls : undefined,
    prefix: flags['queue.prefix'],
  };
}

/** A connection that comes back by itself. `onError` is told of each fault of it. */
export function connect({ url, password, tls }: QueueAddress, options: RedisOptions, onError: (error: Error) => void): Redis {
  const login = password === undefined ? {} : { password: password.reveal() };
  const redis = new Redis(url, {
    connectTimeout: 5000,
    // The longest wait between two attempts, and so what a Redis that is back is waited for.
    retryStrategy: (times) => Math.min(1000, 50 * times),
    maxRetriesPerRequest: null,
    ...options,
    ...login,
    ...(tls === undefined ? {} : { tls }),
  });
  return outliveErrors(redis).on('error', onError);
}
