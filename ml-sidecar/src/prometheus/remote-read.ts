import { atOnce, gently, type GiveWay } from '@presage/service/giving-way.ts';
import { compileMatcher, type Matcher, MatcherError, type MatcherOperator } from './matcher.ts';
import type { MatrixSeries } from './matrix.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter, varintLength, wire } from './protobuf.ts';
import { snappyDecompress, snappyElements, SnappyError, snappyHead } from './snappy.ts';

/** One question of a remote read: all samples of some series in a time range. */
export interface ReadQuery {
  /** Milliseconds since 1970, inclusive, within what a date may be. */
  readonly startMs: number;
  readonly endMs: number;
  readonly matchers: readonly Matcher[];
  /** What the asker will do with the samples; all zero or empty where it did not say. */
  readonly hints: ReadHints;
}

export interface ReadHints {
  readonly stepMs: number;
  /** The PromQL function around the selector. */
  readonly function: string;
  readonly rangeMs: number;
}

/** Where served series come from. */
export interface ReadSource {
  /** The series that pass every matcher; samples outside the range are cut off by the caller. */
  select(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<MatrixSeries>;
}

/** A source that is searched for long. */
export interface SearchedSource {
  /** The same. Nothing in place of a series: some were looked at that did not pass. */
  select(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<MatrixSeries | undefined>;
}

/** A remote-read request that cannot be answered; `status` is what HTTP shall say. */
export class ReadRequestError extends Error {
  override readonly name = 'ReadRequestError';
  readonly status: 400 | 413;

  constructor(status: 400 | 413, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Headers of every answer of `readHandler`. */
export const readResponseHeaders = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' } as const;

export interface ReadLimits {
  /** Largest request after decompression. Default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** Most samples in one answer. Default 5 million, a tenth of Prometheus' own limit (storage.remote.read-sample-limit). */
  readonly maxSamples?: number;
}

/**
 * Answers the body of a remote-read request with the body of its response, both snappy-compressed protobuf (prompb ReadRequest,
 * ReadResponse; response type SAMPLES). Throws a ReadRequestError.
 */
export function readHandler(source: ReadSource, limits: ReadLimits = {}): (body: Uint8Array) => Uint8Array {
  return (body) => Buffer.concat(atOnce(answer(source, limits, body)));
}

/**
 * The same little by little, in pieces that are the body one after the other: `giveWay` is called often, and waited for where it gives
 * a promise. Rejects with a ReadRequestError.
 */
export function gentleReadHandler(
  source: SearchedSource,
  limits: ReadLimits = {},
): (body: Uint8Array, giveWay: GiveWay) => Promise<readonly Uint8Array[]> {
  return async (body, giveWay) => gently(answer(source, limits, body), giveWay);
}

function answer(source: SearchedSource, limits: ReadLimits, body: Uint8Array): Generator<void, readonly Uint8Array[]> {
  const { maxRequestBytes = 2 ** 20, maxSamples = 5_000_000 } = limits;
  const queries = decodeReadRequest(body, maxRequestBytes);
  return writeResponse(
    queries.map(({ matchers, startMs, endMs }) => withinRange(source.select(matchers, startMs, endMs), startMs, endMs)),
    maxSamples,
  );
}

/** Reads a snappy-compressed ReadRequest. Throws a ReadRequestError (400). */
export function decodeReadRequest(body: Uint8Array, maxBytes: number): readonly ReadQuery[] {
  try {
    return readRequest(new ProtobufReader(snappyDecompress(body, maxBytes)));
  } catch (error) {
    if (error instanceof SnappyError || error instanceof ProtobufError || error instanceof MatcherError)
      throw new ReadRequestError(400, error.message, { cause: error });
    throw error;
  }
}

/** Bytes of a response that are compressed together. */
const pieceBytes = 65_536;

/** Writes a snappy-compressed ReadResponse with one result per query, yielding after each series. Throws a ReadRequestError (413). */
function* writeResponse(
  results: readonly Iterable<MatrixSeries | undefined>[],
  maxSamples: number,
): Generator<void, readonly Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  const body = new ProtobufWriter(2 * pieceBytes);
  let samples = 0;
  let total = 0;
  for (const result of results) {
    const parts: Uint8Array[] = [];
    let length = 0;
    const compress = (): void => {
      length += body.length;
      parts.push(snappyElements(body.finish()));
      body.clear();
    };
    for (const series of result) {
      samples += series?.times.length ?? 0;
      if (samples > maxSamples) throw new ReadRequestError(413, `more than ${maxSamples} samples, ask for fewer series or a shorter range`);
      if (series) writeSeries(body, series);
      if (body.length >= pieceBytes) compress();
      yield;
    }
    compress();
    // The length of a result stands before it, and is known after it.
    const head = new ProtobufWriter(16);
    head.tag(1, wire.bytes);
    head.varint(length);
    total += head.length + length;
    pieces.push(snappyElements(head.finish()), ...parts);
  }
  return [snappyHead(total), ...pieces];
}

function readRequest(reader: ProtobufReader): readonly ReadQuery[] {
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  while (reader.next()) {
    if (reader.is(1, wire.bytes)) queries.push(readQuery(reader.message()));
    else if (reader.is(2, wire.varint)) accepted.push(reader.uint());
    else if (reader.is(2, wire.bytes)) accepted.push(...reader.content());
    else reader.skip();
  }
  if (accepted.length > 0 && !accepted.includes(0))
    throw new ReadRequestError(400, `accepted_response_types: got ${accepted.join(', ')}, want SAMPLES (0)`);
  return queries;
}

function readQuery(reader: ProtobufReader): ReadQuery {
  let startMs = 0;
  let endMs = 0;
  let hints: ReadHints = { stepMs: 0, function: '', rangeMs: 0 };
  const matchers: Matcher[] = [];
  while (reader.next()) {
    if (reader.is(1, wire.varint)) startMs = clamp(reader.int64());
    else if (reader.is(2, wire.varint)) endMs = clamp(reader.int64());
    else if (reader.is(3, wire.bytes)) matchers.push(readMatcher(reader.message()));
    else if (reader.is(4, wire.bytes)) hints = readHints(reader.message());
    else reader.skip();
  }
  return { startMs, endMs, matchers, hints };
}

const operators: readonly MatcherOperator[] = ['=', '!=', '=~', '!~'];

function readMatcher(reader: ProtobufReader): Matcher {
  let type = 0;
  let label = '';
  let pattern = '';
  while (reader.next()) {
    if (reader.is(1, wire.varint)) type = reader.uint();
    else if (reader.is(2, wire.bytes)) label = reader.string();
    else if (reader.is(3, wire.bytes)) pattern = reader.string();
    else reader.skip();
  }
  const operator = operators[type];
  if (operator === undefined) throw new MatcherError(`matcher on ${JSON.stringify(label)}: got type ${type}, want 0 to 3`);
  return compileMatcher(label, operator, pattern);
}

function readHints(reader: ProtobufReader): ReadHints {
  let stepMs = 0;
  let name = '';
  let rangeMs = 0;
  while (reader.next()) {
    if (reader.is(1, wire.varint)) stepMs = reader.int64();
    else if (reader.is(2, wire.bytes)) name = reader.string();
    else if (reader.is(7, wire.varint)) rangeMs = reader.int64();
    else reader.skip();
  }
  return { stepMs, function: name, rangeMs };
}

/** ECMAScript's time range. `/api/v1/series` without a range asks from the smallest int64 on. */
const lastDateMs = 8.64e15;

function clamp(timeMs: number): number {
  return Math.max(-lastDateMs, Math.min(lastDateMs, timeMs));
}

function* withinRange(all: Iterable<MatrixSeries | undefined>, startMs: number, endMs: number): Iterable<MatrixSeries | undefined> {
  for (const series of all) {
    if (series === undefined) {
      yield;
      continue;
    }
    let from = 0;
    let to = series.times.length;
    while (from < to && milliseconds(series.times[from]) < startMs) from += 1;
    while (to > from && milliseconds(series.times[to - 1]) > endMs) to -= 1;
    if (to > from) yield { ...series, times: series.times.subarray(from, to), values: series.values.subarray(from, to) };
  }
}

/** TimeSeries { labels = 1 { name = 1, value = 2 }, samples = 2 { value = 1, timestamp = 2 } }, the labels sorted by name. */
function writeSeries(writer: ProtobufWriter, { name, labels, times, values }: MatrixSeries): void {
  const labelBytes = encodeLabels(name, labels);
  let length = labelBytes.length;
  for (const time of times) length += 12 + varintLength(milliseconds(time));
  writer.tag(1, wire.bytes);
  writer.varint(length);
  writer.raw(labelBytes);
  for (let i = 0; i < times.length; i++) {
    const timeMs = milliseconds(times[i]);
    writer.tag(2, wire.bytes);
    writer.varint(10 + varintLength(timeMs));
    writer.tag(1, wire.fixed64);
    writer.double(values[i]);
    writer.tag(2, wire.varint);
    writer.varint(timeMs);
  }
}

function encodeLabels(name: string, labels: Readonly<Record<string, string>>): Uint8Array {
  const writer = new ProtobufWriter(256);
  const entries = Object.entries(labels).filter(([, value]) => value !== '');
  if (name !== '') entries.push(['__name__', name]);
  for (const [label, value] of entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    const pair = new ProtobufWriter(64);
    pair.string(1, label);
    pair.string(2, value);
    writer.content(1, pair.finish());
  }
  return writer.finish();
}

function milliseconds(time: number): number {
  return Math.round(time * 1000);
}
