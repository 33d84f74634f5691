import { z } from 'zod';
import { defaultKafka, defaultRedis } from './defaults.ts';
import { durationOr, orElse, text } from './values.ts';

const tlsConfig = z.strictObject(
  {
    ca_file: text('a path', 'Authorities that the certificate of the server may be of, as PEM; else those that Node knows.').optional(),
    cert_file: text('a path', 'Certificate to show to the server, as PEM.').optional(),
    key_file: text('a path', 'Key of that certificate, as PEM.').optional(),
    server_name: text('a name', 'Name that the certificate of the server must be for; else that of the address.').optional(),
  },
  { error: () => 'a section with ca_file, cert_file and key_file, or some of them' },
);

/** Redis Streams that bring remote-write bodies. */
const redis = z
  .strictObject(
    {
      url: z
        .string({ error: () => 'an address such as redis://127.0.0.1:6379' })
        .refine((value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol), {
          error: 'an address such as redis://127.0.0.1:6379',
        })
        .refine((value) => !URL.canParse(value) || new URL(value).password === '', {
          error: 'no password in the address: use password_file',
        })
        .describe('Address of Redis; rediss:// for TLS.'),
      password_file: text('a path', 'File with the password.').optional(),
      tls_config: tlsConfig.describe('Certificates for rediss://, named as in Prometheus.').optional(),
      stream: orElse(text('a key', 'Key of the stream.'), defaultRedis.stream),
      group: orElse(text('a name', 'Consumer group: each body goes to one of its members.'), defaultRedis.group),
      consumer: text('a name', 'Name of this member, unique in its group and the same after a restart.'),
      claim: durationOr('Span after which a body that another member took and did not finish is taken from it.', defaultRedis.claim),
    },
    { error: () => 'a section with url and consumer' },
  )
  .check(({ value: { url, tls_config }, issues }) => {
    if (tls_config === undefined || url.startsWith('rediss:')) return;
    issues.push({ code: 'custom', path: ['tls_config'], input: tls_config, message: 'an address that begins with rediss:// beside it' });
  });

/** Kafka topics that bring remote-write bodies. */
const kafka = z.strictObject(
  {
    brokers: z
      .array(z.string().regex(/^[^\s:]+:\d+$|^\[[^\s\]]+\]:\d+$/, { error: 'an address such as kafka-1:9092' }), {
        error: () => 'a list of addresses such as kafka-1:9092',
      })
      .min(1, { error: 'at least one address' })
      .describe('Addresses of some brokers.'),
    topic: orElse(text('a topic', 'Topic with one body a message.'), defaultKafka.topic),
    group: orElse(text('a name', 'Consumer group: each body goes to one of its members.'), defaultKafka.group),
    tls: orElse(z.boolean({ error: () => 'true or false' }).describe('Whether to speak TLS.'), defaultKafka.tls),
    sasl: z
      .strictObject(
        {
          mechanism: z
            .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: () => 'plain, scram-sha-256 or scram-sha-512' })
            .describe('Way to log in.'),
          username: text('a user name', 'User name.'),
          password_file: text('a path', 'File with the password.'),
        },
        { error: () => 'a section with mechanism, username and password_file' },
      )
      .describe('User and password for Kafka.')
      .optional(),
    session: durationOr("Span without a heartbeat after which the group gives this member's partitions to others.", defaultKafka.session),
  },
  { error: () => 'a section with brokers' },
);

/** Queues that bring live samples beside /api/v1/write. */
export const transportsSchema = z.strictObject(
  {
    redis: redis.describe('Redis Streams.').optional(),
    kafka: kafka.describe('Kafka.').optional(),
  },
  { error: () => 'a section' },
);

/** Files by which a client knows its server and shows itself, as Prometheus' `tls_config` names them; each empty where there is none. */
export interface TlsFiles {
  /** Authorities that the certificate of the server may be of; without them, those that Node knows. */
  readonly ca: string;
  /** Certificate to show, and its key. */
  readonly cert: string;
  readonly key: string;
  /** Name that the certificate of the server must be for; without it, that of the address. */
  readonly serverName: string;
}

/** Where queued bodies are fetched, complete. Spans in seconds. */
export interface TransportSettings {
  readonly redis?: {
    readonly url: string;
    readonly passwordFile?: string;
    readonly tls: TlsFiles;
    readonly stream: string;
    readonly group: string;
    readonly consumer: string;
    readonly claimSeconds: number;
  };
  readonly kafka?: {
    readonly brokers: readonly string[];
    readonly topic: string;
    readonly group: string;
    readonly tls: boolean;
    readonly sasl?: {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly passwordFile: string;
    };
    readonly sessionSeconds: number;
  };
}

/** Fills in the defaults. */
export function transportsOf(read: z.output<typeof transportsSchema> | undefined): TransportSettings {
  const { redis: fromRedis, kafka: fromKafka } = read ?? {};
  return {
    ...(fromRedis ? { redis: redisOf(fromRedis) } : {}),
    ...(fromKafka ? { kafka: kafkaOf(fromKafka) } : {}),
  };
}

function redisOf(read: z.output<typeof redis>): NonNullable<TransportSettings['redis']> {
  const { url, password_file, tls_config = {}, stream, group, consumer, claim } = read;
  const { ca_file = '', cert_file = '', key_file = '', server_name = '' } = tls_config;
  return {
    url,
    consumer,
    tls: { ca: ca_file, cert: cert_file, key: key_file, serverName: server_name },
    stream: stream ?? defaultRedis.stream,
    group: group ?? defaultRedis.group,
    claimSeconds: claim ?? defaultRedis.claim,
    ...(password_file === undefined ? {} : { passwordFile: password_file }),
  };
}

function kafkaOf({ brokers, topic, group, tls, sasl, session }: z.output<typeof kafka>): NonNullable<TransportSettings['kafka']> {
  return {
    brokers,
    topic: topic ?? defaultKafka.topic,
    group: group ?? defaultKafka.group,
    tls: tls ?? defaultKafka.tls,
    sessionSeconds: session ?? defaultKafka.session,
    ...(sasl === undefined ? {} : { sasl: { mechanism: sasl.mechanism, username: sasl.username, passwordFile: sasl.password_file } }),
  };
}
