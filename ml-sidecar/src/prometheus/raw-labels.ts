import { ProtobufError, ProtobufReader, wire } from './protobuf.ts';

/** Name and labels of one series. */
export interface SeriesLabels {
  readonly name: string;
  /** All labels but `__name__`; an empty value is the same as no label. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Largest label set that is taken. Prometheus' own limits are off by default; 64 labels and 16 KiB are far above what is seen. */
export const labelLimits = { maxLabels: 64, maxBytes: 16_384 } as const;

/**
 * Parses the label fields of one time series as they stand in a remote-write body. Undefined where the set breaks the protocol
 * (not UTF-8, not sorted, a name twice, no metric name) or is over `labelLimits`.
 */
export function parseRawLabels(bytes: Uint8Array, start: number, end: number): SeriesLabels | undefined {
  if (end - start > labelLimits.maxBytes) return undefined;
  try {
    return readLabels(new ProtobufReader(bytes, start, end));
  } catch (error) {
    if (error instanceof ProtobufError) return undefined;
    throw error;
  }
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readLabels(reader: ProtobufReader): SeriesLabels | undefined {
  const labels: [string, string][] = [];
  let name = '';
  let last = '';
  for (let count = 0; reader.next(); count++) {
    const [label, value] = readLabelMessage(reader.message());
    if (label === '' || (count > 0 && !isAfter(label, last)) || count >= labelLimits.maxLabels) return undefined;
    if (label === '__name__') name = value;
    else if (value !== '') labels.push([label, value]);
    last = label;
  }
  return name === '' ? undefined : { name, labels: Object.fromEntries(labels) };
}

/** Label { name = 1, value = 2 }. Throws a ProtobufError where it is no message or not UTF-8. */
export function readLabelMessage(reader: ProtobufReader): [label: string, value: string] {
  let label = '';
  let value = '';
  while (reader.next()) {
    if (reader.is(1, wire.bytes)) label = strictText(reader.content());
    else if (reader.is(2, wire.bytes)) value = strictText(reader.content());
    else reader.skip();
  }
  return [label, value];
}

function strictText(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (cause) {
    throw new ProtobufError('label: got bytes that are not UTF-8', { cause });
  }
}

/** In the order of bytes, which differs from that of UTF-16 above U+FFFF only. */
function isAfter(label: string, last: string): boolean {
  return Buffer.compare(Buffer.from(label), Buffer.from(last)) > 0;
}
