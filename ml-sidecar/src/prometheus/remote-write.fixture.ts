import { ProtobufWriter } from './protobuf.ts';
import {
  type AcceptedSeries,
  createWriteReceiver,
  type SampleBatch,
  type WriteReceiver,
  type WriteReceiverOptions,
} from './remote-write.ts';
import { encodeWriteBody, type WriteSeries } from './write-encoder.ts';

/** Unix seconds at which the tests play. */
export const now = 1_790_000_000;

/** A receiver with everything that a test drives it by. */
export interface Driven {
  readonly receiver: WriteReceiver;
  readonly asked: unknown[];
  readonly post: (body: Uint8Array, sender?: string) => ReturnType<WriteReceiver['receive']>;
  readonly send: (series: readonly WriteSeries[], sender?: string) => ReturnType<WriteReceiver['receive']>;
}

/** A receiver that wants every series and numbers them in order of appearance. */
export function receiverOf(options: Partial<WriteReceiverOptions> = {}): Driven {
  const asked: unknown[] = [];
  const accept = (name: string, labels: Readonly<Record<string, string>>): AcceptedSeries | undefined => {
    asked.push([name, labels]);
    return options.accept ? options.accept(name, labels) : { id: asked.length - 1, tolerance: 0 };
  };
  const receiver = createWriteReceiver({ now: () => now, seed: 42, ...options, accept });
  const post = (body: Uint8Array, sender = 'a') =>
    receiver.receive({ body, contentType: 'application/x-protobuf', contentEncoding: 'snappy', sender });
  return { receiver, asked, post, send: (series, sender) => post(encodeWriteBody(series), sender) };
}

/** Everything queued, as [id, time, value]. */
export function rows(receiver: WriteReceiver): number[][] {
  const all: number[][] = [];
  for (let batch: SampleBatch | undefined; (batch = receiver.take());)
    for (let i = 0; i < batch.ids.length; i++) all.push([batch.ids[i], batch.times[i], batch.values[i]]);
  return all;
}

/** A series with samples of [Unix seconds, value]. */
export function one(labels: Readonly<Record<string, string>>, ...samples: readonly (readonly [number, number | 'stale'])[]): WriteSeries {
  return { labels, samples: samples.map(([time, value]) => ({ timeMs: Math.round(time * 1000), value })) };
}

/** A label message. */
export function pair(name: string, value: string): Uint8Array {
  const writer = new ProtobufWriter();
  writer.string(1, name);
  writer.string(2, value);
  return writer.finish();
}
