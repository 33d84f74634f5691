import { type EachBatchPayload, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { type BodyIntakeOptions, type BodyTransport, takeIn } from './body-intake.ts';

export interface KafkaBodiesOptions extends BodyIntakeOptions {
  /** host:port of some brokers. */
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Consumer group: each partition, and so each body, goes to one of its members. */
  readonly group: string;
  readonly tls?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
  /** Seconds without a heartbeat after which the group gives this member's partitions to others. Default 30. */
  readonly sessionSeconds?: number;
}

const backOffSeconds = 1;

/**
 * Takes remote-write bodies from a Kafka topic (message value = body); an offset is committed once the receiver has queued the body.
 * To keep the samples of a series in order, senders use its labels, or its shard, as the key.
 */
export function createKafkaBodies(options: KafkaBodiesOptions): BodyTransport {
  return { run: () => runConsumer(options) };
}

async function runConsumer(options: KafkaBodiesOptions): Promise<void> {
  const kafka = new Kafka({
    clientId: 'presage',
    brokers: [...options.brokers],
    logLevel: logLevel.ERROR,
    logCreator: () => (entry) => options.onError?.(`kafka: ${entry.log.message}`),
    ...(options.tls === undefined ? {} : { ssl: options.tls }),
    ...(options.sasl === undefined ? {} : { sasl: options.sasl }),
  });
  const consumer = kafka.consumer({ groupId: options.group, sessionTimeout: (options.sessionSeconds ?? 30) * 1000 });
  consumer.on(consumer.events.FETCH, () => options.onWell?.());
  const ended = new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve(), { once: true }));
  while (!options.signal.aborted) {
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: options.topic, fromBeginning: true });
      await consumer.run({ eachBatchAutoResolve: false, eachBatch: (payload) => takeBatch(payload, options) });
      await ended;
    } catch (error) {
      if (options.signal.aborted) break;
      options.onError?.(`kafka: ${error instanceof Error ? error.message : String(error)}`);
      await options.sleep(backOffSeconds);
    }
  }
  await consumer.disconnect();
}

async function takeBatch(payload: EachBatchPayload, options: KafkaBodiesOptions): Promise<void> {
  const { batch } = payload;
  for (const { value, offset } of batch.messages) {
    if (!payload.isRunning() || payload.isStale()) return;
    if (value === null) options.onDrop?.(`offset ${offset} of ${batch.topic}: has no value`);
    else if (!(await takeIn(value, options, () => payload.heartbeat()))) return;
    payload.resolveOffset(offset);
    await payload.heartbeat();
  }
  await payload.commitOffsetsIfNecessary();
}
