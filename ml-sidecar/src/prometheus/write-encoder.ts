import { ProtobufWriter, wire } from './protobuf.ts';
import { snappyCompress } from './snappy.ts';

/** A time series of a body to be sent. */
export interface WriteSeries {
  /** `__name__` among them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly WriteSample[];
}

export interface WriteSample {
  readonly timeMs: number;
  /** `stale` is the marker of a series that ended. */
  readonly value: number | 'stale';
}

/** A remote-write v1 body as Prometheus sends it, one time series after another, compressed. */
export function encodeWriteBody(series: readonly WriteSeries[]): Uint8Array {
  const writer = new ProtobufWriter(65_536);
  for (const each of series) writer.content(1, encodeSeries(each));
  return snappyCompress(writer.finish());
}

function encodeSeries({ labels, samples }: WriteSeries): Uint8Array {
  const writer = new ProtobufWriter(512);
  for (const label of Object.keys(labels).sort()) {
    const pair = new ProtobufWriter(128);
    pair.string(1, label);
    pair.string(2, labels[label]);
    writer.content(1, pair.finish());
  }
  for (const sample of samples) writer.content(2, encodeSample(sample));
  return writer.finish();
}

/** Little-endian 0x7ff0000000000002, of prometheus/model/value. */
const staleMarker = Uint8Array.of(2, 0, 0, 0, 0, 0, 0xf0, 0x7f);

function encodeSample({ timeMs, value }: WriteSample): Uint8Array {
  const writer = new ProtobufWriter(24);
  if (value !== 0) {
    writer.tag(1, wire.fixed64);
    if (value === 'stale') writer.raw(staleMarker);
    else writer.double(value);
  }
  if (timeMs !== 0) {
    writer.tag(2, wire.varint);
    writer.varint(timeMs);
  }
  return writer.finish();
}
