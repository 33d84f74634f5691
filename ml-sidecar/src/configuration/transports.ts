import { z } from 'zod';
import { duration, text } from './values.ts';

/** Redis Streams that bring remote-write bodies. */
const redis = z.strictObject(
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
    stream: text('a key', 'Key of the stream.').optional(),
    group: text('a name', 'Consumer group: each body goes to one of its members.').optional(),
    consumer: text('a name', 'Name of this member, unique in its group and the same after a restart.'),
    claim: duration('Span after which a body that another member took and did not finish is taken from it.').optional(),
  },
  { error: () => 'a section with url and consumer' },
);

/** Kafka topics that bring remote-write bodies. */
const kafka = z.strictObject(
  {
    brokers: z
      .array(z.string().regex(/^[^\s:]+:\d+$|^\[[^\s\]]+\]:\d+$/, { error: 'an address such as kafka-1:9092' }), {
        error: () => 'a list of addresses such as kafka-1:9092',
      })
      .min(1, { error: 'at least one address' })
      .describe('Addresses of some brokers.'),
    topic: text('a topic', 'Topic with one body a message.').optional(),
    group: text('a name', 'Consumer group: each body goes to one of its members.').optional(),
    tls: z
      .boolean({ error: () => 'true or false' })
      .describe('Whether to speak TLS.')
      .optional(),
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
    session: duration("Span without a heartbeat after which the group gives this member's partitions to others.").optional(),
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

/** Where queued bodies are fetched, complete. Spans in seconds. */
export interface TransportSettings {
  readonly redis?: {
    readonly url: string;
    readonly passwordFile?: string;
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

function redisOf({ url, password_file, stream, group, consumer, claim }: z.output<typeof redis>): NonNullable<TransportSettings['redis']> {
  return {
    url,
    consumer,
    stream: stream ?? 'presage',
    group: group ?? 'presage',
    claimSeconds: claim ?? 60,
    ...(password_file === undefined ? {} : { passwordFile: password_file }),
  };
}

function kafkaOf({ brokers, topic, group, tls, sasl, session }: z.output<typeof kafka>): NonNullable<TransportSettings['kafka']> {
  return {
    brokers,
    topic: topic ?? 'presage',
    group: group ?? 'presage',
    tls: tls ?? false,
    sessionSeconds: session ?? 30,
    ...(sasl === undefined ? {} : { sasl: { mechanism: sasl.mechanism, username: sasl.username, passwordFile: sasl.password_file } }),
  };
}
