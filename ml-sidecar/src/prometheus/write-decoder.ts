import { ProtobufError } from './protobuf.ts';
import { type ByteBlock, byteBlock, type SeriesTable } from './series-table.ts';

/** What to do about label bytes that the table does not know: their slot, or -1 to pass over the samples. */
export type NewSeries = (bytes: Uint8Array, start: number, end: number) => number;

/** Samples of one body in the order of the body; reused from body to body. */
export interface DecodedWrite {
  length: number;
  /** Slot in the series table. */
  slots: Int32Array;
  /** Milliseconds since 1970; past ±2^53 the nearest number. */
  times: Float64Array;
  values: Float64Array;
  /** 1 where the value is Prometheus' stale marker. */
  stale: Uint8Array;
  /** Samples passed over because their series had no slot. */
  skipped: number;
  /** Native histograms passed over. */
  histograms: number;
}

/** More samples in one body than allowed. */
export class TooManySamplesError extends Error {
  override readonly name = 'TooManySamplesError';
}

/**
 * Decodes remote-write v1 bodies (prompb WriteRequest, already decompressed). Label sets are never copied or parsed here: each is
 * compared with that of the series that came next last time, and looked up by hash where the guess fails.
 */
export class WriteDecoder {
  readonly decoded: DecodedWrite;
  readonly #table: SeriesTable;
  readonly #newSeries: NewSeries;
  readonly #maxSamples: number;
  #block: ByteBlock = byteBlock(new Uint8Array(0));
  #bytes: Uint8Array = this.#block.bytes;
  #at = 0;
  /** For each slot the slot that followed it, at 0 the slot that came first; stored plus one. */
  #successors = new Int32Array(1024);

  constructor(table: SeriesTable, newSeries: NewSeries, maxSamples: number) {
    this.#table = table;
    this.#newSeries = newSeries;
    this.#maxSamples = maxSamples;
    this.decoded = createDecodedWrite(maxSamples);
  }

  /** Forgets the order of series, as the slots have been numbered anew. */
  forgetOrder(): void {
    this.#successors.fill(0);
  }

  /** Fills `decoded` with the samples of a body. Throws a ProtobufError or a TooManySamplesError; `decoded` is void then. */
  decode(bytes: Uint8Array): DecodedWrite {
    this.#bytes = bytes;
    this.#block = byteBlock(bytes);
    this.#at = 0;
    Object.assign(this.decoded, { length: 0, skipped: 0, histograms: 0 });
    let previous = -1;
    const end = bytes.length;
    while (this.#at < end) {
      const tag = this.#uint(end);
      if (tag !== 0x0a) {
        this.#skip(tag, end);
        continue;
      }
      const seriesEnd = this.#length(end);
      const slot = this.#slot(previous, seriesEnd);
      if (slot >= 0) previous = slot;
      this.#samples(slot, seriesEnd);
    }
    return this.decoded;
  }

  /** The slot of the series whose labels start here; moves behind the labels. */
  #slot(previous: number, end: number): number {
    const start = this.#at;
    const guess = (this.#successors[previous + 1] ?? 0) - 1;
    if (guess >= 0) {
      const labelsEnd = this.#table.endIfSlot(guess, this.#block, start, end);
      if (labelsEnd >= 0) {
        this.#at = labelsEnd;
        return guess;
      }
    }
    while (this.#at < end && this.#bytes[this.#at] === 0x0a) {
      this.#at += 1;
      this.#at = this.#length(end);
    }
    let slot = this.#table.find(this.#block, start, this.#at);
    if (slot < 0) slot = this.#newSeries(this.#bytes, start, this.#at);
    if (slot >= 0) this.#remember(previous, slot);
    return slot;
  }

  #remember(previous: number, slot: number): void {
    if (previous + 1 >= this.#successors.length) {
      const grown = new Int32Array(Math.max(2 * this.#successors.length, previous + 2));
      grown.set(this.#successors);
      this.#successors = grown;
    }
    this.#successors[previous + 1] = slot + 1;
  }

  #samples(slot: number, end: number): void {
    if (this.#plainSample(slot, end)) return;
    while (this.#at < end) {
      const tag = this.#uint(end);
      if (tag === 0x12) this.#sample(slot, this.#length(end));
      else if (tag === 0x0a) throw new ProtobufError(`label behind a sample at byte ${this.#at}`);
      else {
        if (tag === 0x22) this.decoded.histograms += 1;
        this.#skip(tag, end);
      }
    }
  }

  /** Nearly every series has one sample, and nearly every sample the same shape: tag, length, tag, double, tag, time of six bytes. */
  #plainSample(slot: number, end: number): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    if (end - at !== 18 || slot < 0 || bytes[at] !== 0x12 || bytes[at + 1] !== 16 || bytes[at + 2] !== 0x09 || bytes[at + 11] !== 0x10)
      return false;
    this.#at = at + 12;
    const time = this.#int(end);
    if (this.#at === end) this.#push(slot, time, at + 3);
    else this.#at = at;
    return this.#at === end;
  }

  /** Sample { double value = 1; int64 timestamp = 2 }; a field of value 0 is left out by the sender. */
  #sample(slot: number, end: number): void {
    let valueAt = -1;
    let time = 0;
    while (this.#at < end) {
      const tag = this.#uint(end);
      if (tag === 0x09) {
        valueAt = this.#at;
        this.#at += 8;
        if (this.#at > end) throw this.#pastEnd();
      } else if (tag === 0x10) time = this.#int(end);
      else this.#skip(tag, end);
    }
    if (slot < 0) this.decoded.skipped += 1;
    else this.#push(slot, time, valueAt);
  }

  #push(slot: number, time: number, valueAt: number): void {
    const { decoded } = this;
    const i = decoded.length;
    if (i >= decoded.slots.length) this.#grow();
    const value = valueAt < 0 ? 0 : this.#block.view.getFloat64(valueAt, true);
    decoded.slots[i] = slot;
    decoded.times[i] = time;
    decoded.values[i] = value;
    decoded.stale[i] = Number.isNaN(value) ? this.#isStale(valueAt) : 0;
    decoded.length = i + 1;
  }

  /** prometheus/model/value: StaleNaN is 0x7ff0000000000002. A number's bits may change in an engine's hands, so they are read as integers. */
  #isStale(valueAt: number): number {
    return this.#block.view.getUint32(valueAt, true) === 2 && this.#block.view.getUint32(valueAt + 4, true) === 0x7ff00000 ? 1 : 0;
  }

  #grow(): void {
    const { decoded } = this;
    if (decoded.length >= this.#maxSamples) throw new TooManySamplesError(`more than ${this.#maxSamples} samples in one body`);
    const capacity = Math.min(2 * decoded.slots.length, Math.max(this.#maxSamples, decoded.slots.length + 1));
    const slots = new Int32Array(capacity);
    slots.set(decoded.slots);
    const times = new Float64Array(capacity);
    times.set(decoded.times);
    const values = new Float64Array(capacity);
    values.set(decoded.values);
    const stale = new Uint8Array(capacity);
    stale.set(decoded.stale);
    Object.assign(decoded, { slots, times, values, stale });
  }

  /** Reads a length and gives where its content ends. */
  #length(end: number): number {
    const length = this.#uint(end);
    if (!(this.#at + length <= end)) throw this.#pastEnd();
    return this.#at + length;
  }

  #uint(end: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at < end) {
      const first = bytes[at++];
      if (first < 128) {
        this.#at = at;
        return first;
      }
    }
    const value = this.#int(end);
    return value < 0 ? value + 2 ** 64 : value;
  }

  /** Sums 28 + 28 + 8 bits, so that no step leaves the small integers. */
  #int(end: number): number {
    const bytes = this.#bytes;
    let low = 0;
    let middle = 0;
    let high = 0;
    let at = this.#at;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) throw this.#pastEnd();
      const byte = bytes[at++];
      if (shift < 28) low |= (byte & 127) << shift;
      else if (shift < 56) middle |= (byte & 127) << (shift - 28);
      else high |= (byte & 127) << (shift - 56);
      if (byte < 128) {
        this.#at = at;
        return ((high << 24) >> 24) * 2 ** 56 + middle * 2 ** 28 + low;
      }
    }
    throw new ProtobufError(`varint without end at byte ${this.#at}`);
  }

  #skip(tag: number, end: number): void {
    const type = tag % 8;
    if (tag < 8) throw new ProtobufError(`field 0 at byte ${this.#at}`);
    if (type === 0) this.#int(end);
    else if (type === 2) this.#at = this.#length(end);
    else if (type === 1 || type === 5) this.#at += type === 1 ? 8 : 4;
    else throw new ProtobufError(`wire type ${type} at byte ${this.#at}`);
    if (this.#at > end) throw this.#pastEnd();
  }

  #pastEnd(): ProtobufError {
    return new ProtobufError(`field at byte ${this.#at} runs past the end`);
  }
}

function createDecodedWrite(maxSamples: number): DecodedWrite {
  const capacity = Math.min(4096, maxSamples);
  return {
    length: 0,
    slots: new Int32Array(capacity),
    times: new Float64Array(capacity),
    values: new Float64Array(capacity),
    stale: new Uint8Array(capacity),
    skipped: 0,
    histograms: 0,
  };
}
