import { snappyCompress } from '../ml-sidecar/src/prometheus/snappy.ts';
import { ProtobufWriter, wire } from '../ml-sidecar/src/prometheus/protobuf.ts';

/** A remote read of `presage_forecast` at one level for all series, between two times in milliseconds. */
export function readBody(quantile: string, startMs: number, endMs: number): Uint8Array {
  const query = new ProtobufWriter();
  for (const [field, value] of [startMs, endMs].entries()) {
    query.tag(field + 1, wire.varint);
    query.varint(value);
  }
  for (const [label, value] of Object.entries({ __name__: 'presage_forecast', quantile })) {
    const matcher = new ProtobufWriter();
    matcher.string(2, label);
    matcher.string(3, value);
    query.content(3, matcher.finish());
  }
  const request = new ProtobufWriter();
  request.content(1, query.finish());
  return snappyCompress(request.finish());
}
