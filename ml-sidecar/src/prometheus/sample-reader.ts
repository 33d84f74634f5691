import { createChunkedReader, TooManyChunkSamplesError } from './chunked-response.ts';
import type { Matcher } from './matcher.ts';
import { joinMatrices, type MatrixSeries } from './matrix.ts';
import { PrometheusError, RetryableError, TooMuchError } from './prometheus-error.ts';
import { ProtobufError, ProtobufReader, ProtobufWriter, wire } from './protobuf.ts';
import { readLabelMessage } from './raw-labels.ts';
import { snappyCompress, snappyDecompress, SnappyError } from './snappy.ts';
import type { HttpStream, Transport } from './transport.ts';
import { ChunkError } from './xor-chunk.ts';

export interface SampleReaderOptions {
  readonly transport: Transport;
  /** For texts. */
  readonly address: string;
  /** Most samples in one answer; more split the range. */
  readonly maxSamples: number;
  /** Largest answer that does not come in frames. */
  readonly maxAnswerBytes: number;
  readonly onHistograms: (count: number) => void;
}

/** Largest frame taken; Prometheus cuts at 1 MiB unless told otherwise, and never within a chunk. */
const maxFrameBytes = 32 * 2 ** 20;

/**
 * Reads the raw samples of `matchers` from `start` to `end` (Unix seconds, inclusive) by one remote read: chunks as they lie in
 * Prometheus' storage if it sends them, samples else. Throws a PrometheusError: `refused` where the server has no remote read.
 */
export async function readRemote(
  options: SampleReaderOptions,
  matchers: readonly Matcher[],
  start: number,
  end: number,
): Promise<readonly MatrixSeries[]> {
  const answer = await options.transport.stream({
    method: 'POST',
    path: 'api/v1/read',
    body: encodeReadRequest(matchers, start, end),
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'accept-encoding': 'identity',
      'x-prometheus-remote-read-version': '0.1.0',
    },
  });
  try {
    if (answer.status >= 300) throw await readRefusal(answer, options.address);
    if (answer.contentType.startsWith('application/x-streamed-protobuf')) return await readFrames(answer, options, start, end);
    return await readSamples(answer, options);
  } catch (error) {
    throw nameFailure(error, options.address);
  }
}

/** Reads a range in halves, and those in halves, where the whole is too much. */
export async function readByHalves(
  read: (start: number, end: number) => Promise<readonly MatrixSeries[]>,
  start: number,
  end: number,
): Promise<readonly MatrixSeries[]> {
  try {
    return await read(start, end);
  } catch (error) {
    if (!(error instanceof TooMuchError) || end - start < 1) throw error;
    const middle = Math.floor((start + end) / 2);
    const first = await readByHalves(read, start, middle);
    const second = await readByHalves(read, middle + 0.001, end);
    return joinMatrices([first, second]);
  }
}

function encodeReadRequest(matchers: readonly Matcher[], start: number, end: number): Uint8Array {
  const query = new ProtobufWriter();
  query.tag(1, wire.varint);
  query.varint(Math.round(start * 1000));
  query.tag(2, wire.varint);
  query.varint(Math.round(end * 1000));
  for (const { label, operator, pattern } of matchers) {
    const matcher = new ProtobufWriter();
    matcher.tag(1, wire.varint);
    matcher.varint(['=', '!=', '=~', '!~'].indexOf(operator));
    matcher.string(2, label);
    matcher.string(3, pattern);
    query.content(3, matcher.finish());
  }
  const request = new ProtobufWriter();
  request.content(1, query.finish());
  // accepted_response_types: STREAMED_XOR_CHUNKS, then SAMPLES.
  request.content(2, Uint8Array.of(1, 0));
  return snappyCompress(request.finish());
}

async function readFrames(answer: HttpStream, options: SampleReaderOptions, start: number, end: number): Promise<readonly MatrixSeries[]> {
  const reader = createChunkedReader({ maxFrameBytes, maxSamples: options.maxSamples, start, end });
  for await (const piece of answer.pieces) reader.push(piece);
  const { series, histogramChunks } = reader.finish();
  if (histogramChunks > 0) options.onHistograms(histogramChunks);
  return series;
}

async function readSamples(answer: HttpStream, options: SampleReaderOptions): Promise<readonly MatrixSeries[]> {
  const body = await collect(answer, options.maxAnswerBytes);
  if (body.length > options.maxAnswerBytes)
    throw new TooMuchError(`${options.address}: the answer is larger than ${options.maxAnswerBytes} bytes`);
  const reader = new ProtobufReader(snappyDecompress(body, 8 * options.maxAnswerBytes));
  const series: MatrixSeries[] = [];
  while (reader.next()) {
    if (!reader.is(1, wire.bytes)) reader.skip();
    else for (const result = reader.message(); result.next();) series.push(readSeries(result.message()));
  }
  return series.filter(({ times }) => times.length > 0);
}

/** TimeSeries { labels = 1, samples = 2 { value = 1, timestamp = 2 } }. */
function readSeries(reader: ProtobufReader): MatrixSeries {
  const labels: [string, string][] = [];
  const times: number[] = [];
  const values: number[] = [];
  while (reader.next()) {
    if (reader.is(1, wire.bytes)) labels.push(readLabelMessage(reader.message()));
    else if (reader.is(2, wire.bytes)) {
      const sample = reader.message();
      let value: number | undefined = 0;
      let timeMs = 0;
      while (sample.next()) {
        if (sample.is(1, wire.fixed64)) value = sample.sampleValue();
        else if (sample.is(2, wire.varint)) timeMs = sample.int64();
        else sample.skip();
      }
      if (value === undefined) continue;
      times.push(timeMs / 1000);
      values.push(value);
    } else reader.skip();
  }
  const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
  const others = Object.fromEntries(labels.filter(([label]) => label !== '__name__'));
  return { name, labels: others, times: Float64Array.from(times), values: Float64Array.from(values) };
}

async function readRefusal(answer: HttpStream, address: string): Promise<PrometheusError> {
  const text = (await collect(answer, 2000)).toString('utf8', 0, 200).replaceAll(/\s+/g, ' ').trim();
  const message = `${address}: ${answer.status} ${text}`;
  if (answer.status >= 500 || answer.status === 429) return new RetryableError(message, answer.status, answer.retryAfterSeconds);
  return /exceeded sample limit/.test(text)
    ? new TooMuchError(message, answer.status)
    : new PrometheusError('refused', message, answer.status);
}

/** The body, or somewhat more than `limit` bytes of it. */
async function collect(answer: HttpStream, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer.pieces) {
    pieces.push(piece);
    length += piece.length;
    if (length > limit) break;
  }
  return Buffer.concat(pieces);
}

function nameFailure(error: unknown, address: string): unknown {
  if (error instanceof TooManyChunkSamplesError) return new TooMuchError(`${address}: ${error.message}`);
  if (error instanceof ChunkError || error instanceof ProtobufError || error instanceof SnappyError)
    return new PrometheusError('bad-answer', `${address}: ${error.message}`);
  return error;
}
