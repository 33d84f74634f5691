import { crc32c } from './crc32c.ts';
import type { MatrixSeries } from './matrix.ts';
import { ProtobufReader, wire } from './protobuf.ts';
import { readLabelMessage, type SeriesLabels } from './raw-labels.ts';
import { ChunkError, decodeXorChunk, sampleCount, type SampleColumns } from './xor-chunk.ts';

export interface ChunkedLimits {
  /** Largest frame; Prometheus cuts at storage.remote.read-max-bytes-in-frame, 1 MiB by default. */
  readonly maxFrameBytes: number;
  /** Most samples kept. */
  readonly maxSamples: number;
  /** Times kept, Unix seconds, inclusive: a chunk holds samples on both sides of what was asked for. */
  readonly start: number;
  readonly end: number;
}

/** More samples than the reader wants to hold. */
export class TooManyChunkSamplesError extends Error {
  override readonly name = 'TooManyChunkSamplesError';
}

export interface ChunkedSamples {
  readonly series: readonly MatrixSeries[];
  /** Chunks of native histograms, left out. */
  readonly histogramChunks: number;
}

/** Takes a streamed remote-read answer piece by piece. */
export interface ChunkedReader {
  /** Throws a ChunkError, a ProtobufError or a TooManyChunkSamplesError. */
  push(piece: Uint8Array): void;
  /** The series; throws a ChunkError where the stream ended within a frame. */
  finish(): ChunkedSamples;
}

/**
 * Reads the answer type STREAMED_XOR_CHUNKS of remote read: frames of varint length, CRC-32C (big-endian) and a ChunkedReadResponse
 * (prompb; storage/remote/chunked.go). A series comes in several frames when it is long; they are joined.
 */
export function createChunkedReader(limits: ChunkedLimits): ChunkedReader {
  return new FrameReader(limits);
}

interface OpenSeries extends SeriesLabels {
  readonly key: string;
  readonly columns: SampleColumns;
}

class FrameReader implements ChunkedReader {
  readonly #limits: ChunkedLimits;
  /** What has come of the frame under way, and how much more than that is needed to go on. */
  #pieces: Uint8Array[] = [];
  #missing = 0;
  #open: OpenSeries | undefined;
  #samples = 0;
  #histogramChunks = 0;
  readonly #series: MatrixSeries[] = [];

  constructor(limits: ChunkedLimits) {
    this.#limits = limits;
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#missing -= piece.length;
    if (this.#missing > 0) return;
    let bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    let header = this.#header(bytes);
    for (; header && bytes.length >= header.end; header = this.#header(bytes)) {
      this.#frame(bytes.subarray(header.start, header.end), header.checksum);
      bytes = bytes.subarray(header.end);
    }
    this.#missing = (header?.end ?? bytes.length + 1) - bytes.length;
    // A copy, so that the piece it came in can go.
    this.#pieces = bytes.length > 0 ? [bytes.slice()] : [];
  }

  finish(): ChunkedSamples {
    if (this.#pieces.length > 0) throw new ChunkError('the stream ends within a frame');
    this.#close();
    return { series: this.#series, histogramChunks: this.#histogramChunks };
  }

  #header(bytes: Uint8Array): { readonly start: number; readonly end: number; readonly checksum: number } | undefined {
    let length = 0;
    for (let at = 0; at < bytes.length; at++) {
      length += (bytes[at] & 127) * 2 ** (7 * at);
      if (length > this.#limits.maxFrameBytes || at > 4)
        throw new ChunkError(`frame: got ${length} bytes, want at most ${this.#limits.maxFrameBytes}`);
      if (bytes[at] >= 128) continue;
      if (bytes.length < at + 5) return undefined;
      const checksum = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, 4).readUInt32BE();
      return { start: at + 5, end: at + 5 + length, checksum };
    }
    return undefined;
  }

  #frame(bytes: Uint8Array, checksum: number): void {
    if (crc32c(bytes) !== checksum) throw new ChunkError('frame: the checksum does not fit the content');
    const reader = new ProtobufReader(bytes);
    while (reader.next()) {
      if (reader.is(1, wire.bytes)) this.#chunkedSeries(reader.message());
      else reader.skip();
    }
  }

  /** ChunkedSeries { labels = 1, chunks = 2 }. */
  #chunkedSeries(reader: ProtobufReader): void {
    const labels: [string, string][] = [];
    const chunks: Uint8Array[] = [];
    while (reader.next()) {
      if (reader.is(1, wire.bytes)) labels.push(readLabelMessage(reader.message()));
      else if (reader.is(2, wire.bytes)) chunks.push(...this.#xorChunk(reader.message()));
      else reader.skip();
    }
    this.#openSeries(labels);
    for (const chunk of chunks) this.#append(chunk);
  }

  /** Chunk { min_time_ms = 1, max_time_ms = 2, type = 3, data = 4 }, type 1 being XOR; none where it is of another type. */
  #xorChunk(reader: ProtobufReader): readonly Uint8Array[] {
    let type = 0;
    let data: Uint8Array = new Uint8Array(0);
    while (reader.next()) {
      if (reader.is(3, wire.varint)) type = reader.uint();
      else if (reader.is(4, wire.bytes)) data = reader.content();
      else reader.skip();
    }
    if (type === 1) return [data];
    this.#histogramChunks += 1;
    return [];
  }

  #openSeries(labels: readonly (readonly [string, string])[]): void {
    const key = JSON.stringify(labels);
    if (this.#open?.key === key) return;
    this.#close();
    const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
    const others = Object.fromEntries(labels.filter(([label]) => label !== '__name__'));
    this.#open = { key, name, labels: others, columns: { length: 0, times: new Float64Array(256), values: new Float64Array(256) } };
  }

  #append(chunk: Uint8Array): void {
    const { columns } = this.#open!;
    const count = sampleCount(chunk);
    this.#samples += count;
    if (this.#samples > this.#limits.maxSamples)
      throw new TooManyChunkSamplesError(`more than ${this.#limits.maxSamples} samples, ask for fewer series or a shorter range`);
    reserve(columns, count);
    decodeXorChunk(chunk, columns);
  }

  #close(): void {
    if (!this.#open) return;
    const { name, labels, columns } = this.#open;
    this.#open = undefined;
    const { start, end } = this.#limits;
    let from = 0;
    let to = columns.length;
    while (from < to && columns.times[from] < start) from += 1;
    while (to > from && columns.times[to - 1] > end) to -= 1;
    if (to > from) this.#series.push({ name, labels, times: columns.times.slice(from, to), values: columns.values.slice(from, to) });
  }
}

function reserve(columns: SampleColumns, count: number): void {
  const wanted = columns.length + count;
  if (wanted <= columns.times.length) return;
  const capacity = Math.max(wanted, 2 * columns.times.length);
  const times = new Float64Array(capacity);
  times.set(columns.times);
  const values = new Float64Array(capacity);
  values.set(columns.values);
  columns.times = times;
  columns.values = values;
}
