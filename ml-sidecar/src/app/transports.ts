import type { Logger } from '@presage/service/log.ts';
import type { TransportSettings } from '../configuration/transports.ts';
import type { BodyIntakeOptions, BodyTransport } from '../prometheus/body-intake.ts';
import { createKafkaBodies, type KafkaBodiesOptions } from '../prometheus/kafka-bodies.ts';
import { createRedisBodies } from '../prometheus/redis-bodies.ts';
import type { WriteReply, WriteRequest } from '../prometheus/remote-write.ts';
import { type ClientTls, readClientTls } from './client-tls.ts';
import { secretFrom } from './secret-file.ts';
import type { SelfMetrics } from './self-metrics.ts';
import { tellOutages } from './tell-faults.ts';

/** Queues, and the passwords and certificates for them. */
export interface Queues {
  readonly settings: TransportSettings;
  readonly redisPassword?: string;
  readonly redisTls?: ClientTls;
  readonly kafkaPassword?: string;
}

/** Reads the passwords and certificates. Throws a UsageError for a file that cannot be read. */
export function readQueues(settings: TransportSettings): Queues {
  const { redis, kafka } = settings;
  const sasl = kafka?.sasl;
  return {
    settings,
    ...(redis?.passwordFile === undefined ? {} : { redisPassword: secretFrom('transports.redis.password_file', redis.passwordFile) }),
    ...(redis === undefined ? {} : { redisTls: readClientTls(redis.tls, (file) => `transports.redis.tls_config.${file}_file`) }),
    ...(sasl === undefined ? {} : { kafkaPassword: secretFrom('transports.kafka.sasl.password_file', sasl.passwordFile) }),
  };
}

export interface TransportOptions {
  readonly queues: Queues;
  readonly receive: (request: WriteRequest) => WriteReply;
  readonly log: Logger;
  readonly metrics: Pick<SelfMetrics, 'transportUp' | 'transportFailed' | 'transportGone'>;
  /** Monotonic seconds. */
  readonly clock: () => number;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The queues that the configuration names. */
export function createTransports(options: TransportOptions): readonly BodyTransport[] {
  const { redis, kafka } = options.queues.settings;
  return [...(redis ? [redisOf(redis, options)] : []), ...(kafka ? [kafkaOf(kafka, options)] : [])];
}

function redisOf(settings: NonNullable<TransportSettings['redis']>, options: TransportOptions): BodyTransport {
  const { stream, group, consumer, claimSeconds } = settings;
  const { redisPassword, redisTls = {} } = options.queues;
  const url = new URL(settings.url);
  if (redisPassword !== undefined) url.password = encodeURIComponent(redisPassword);
  return createRedisBodies({
    ...intakeOf('redis', options),
    stream,
    group,
    consumer,
    claimSeconds,
    url: url.href,
    ...(url.protocol === 'rediss:' ? { tls: redisTls } : {}),
    now: options.clock,
  });
}

function kafkaOf(settings: NonNullable<TransportSettings['kafka']>, options: TransportOptions): BodyTransport {
  const { brokers, topic, group, tls, sasl, sessionSeconds } = settings;
  return createKafkaBodies({
    ...intakeOf('kafka', options),
    brokers,
    topic,
    group,
    tls,
    sessionSeconds,
    ...(sasl ? { sasl: login(sasl, options.queues.kafkaPassword ?? '') } : {}),
  });
}

type Sasl = NonNullable<NonNullable<TransportSettings['kafka']>['sasl']>;

function login({ mechanism, username }: Sasl, password: string): NonNullable<KafkaBodiesOptions['sasl']> {
  // One by one, as the library wants to see which.
  if (mechanism === 'plain') return { mechanism, username, password };
  if (mechanism === 'scram-sha-256') return { mechanism, username, password };
  return { mechanism, username, password };
}

function intakeOf(sender: string, { receive, log, metrics, clock, sleep, signal }: TransportOptions): BodyIntakeOptions {
  const from = { from: sender };
  const tell = tellOutages({
    failed: (err) => log.warn('queue cannot be read', { ...from, err }),
    again: () => log.info('queue can be read again', from),
    clock,
  });
  metrics.transportUp(sender, false);
  signal.addEventListener('abort', () => metrics.transportGone(sender));
  return {
    receive: (body) => receive({ body, contentType: '', contentEncoding: '', sender }),
    sleep,
    signal,
    onDrop: (err) => log.warn('body passed over', { from: sender, err }),
    onError(err) {
      if (signal.aborted) return;
      tell.failed(err);
      metrics.transportFailed(sender);
      metrics.transportUp(sender, false);
    },
    onWell() {
      if (signal.aborted) return;
      tell.well();
      metrics.transportUp(sender, true);
    },
  };
}
