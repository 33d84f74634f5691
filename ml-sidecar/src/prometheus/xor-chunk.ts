/** Bytes that are not an XOR chunk. */
export class ChunkError extends Error {
  override readonly name = 'ChunkError';
}

/** Where decoded samples go; grown by the caller to at least `sampleCount` more than `length`. */
export interface SampleColumns {
  length: number;
  /** Unix seconds. */
  times: Float64Array;
  values: Float64Array;
}

/** Samples that an XOR chunk says to hold. Throws a ChunkError. */
export function sampleCount(chunk: Uint8Array): number {
  if (chunk.length < 2) throw new ChunkError(`chunk: got ${chunk.length} bytes, want at least 2`);
  const count = chunk[0] * 256 + chunk[1];
  // A first sample takes 9 bytes, each later one at least two bits.
  if (count > 1 + (chunk.length - 2) * 4) throw new ChunkError(`chunk of ${chunk.length} bytes says to hold ${count} samples`);
  return count;
}

/**
 * Appends the samples of an XOR chunk. Stale markers are left out: the series has no value there. Throws a ChunkError.
 * Format: prometheus/tsdb/chunkenc/xor.go, after Pelkonen et al., Gorilla, VLDB 2015, section 4.1.
 */
export function decodeXorChunk(chunk: Uint8Array, to: SampleColumns): void {
  const count = sampleCount(chunk);
  if (count === 0) return;
  const bits = new BitReader(chunk, 2);
  const value = new XorValue(bits);
  let timeMs = bits.varint();
  value.first();
  push(to, timeMs, value);
  let delta = 0;
  for (let i = 1; i < count; i++) {
    delta = i === 1 ? bits.uvarint() : delta + deltaOfDelta(bits);
    timeMs += delta;
    value.next();
    push(to, timeMs, value);
  }
}

function push(to: SampleColumns, timeMs: number, value: XorValue): void {
  if (value.high === 0x7ff00000 && value.low === 2) return;
  to.times[to.length] = timeMs / 1000;
  to.values[to.length++] = value.number();
}

function deltaOfDelta(bits: BitReader): number {
  if (bits.bit() === 0) return 0;
  if (bits.bit() === 0) return signed(bits.read(14), 14);
  if (bits.bit() === 0) return signed(bits.read(17), 17);
  if (bits.bit() === 0) return signed(bits.read(20), 20);
  const high = bits.read(32) | 0;
  return high * 2 ** 32 + bits.read(32);
}

/** The encoder uses −2^(n−1) + 1 … 2^(n−1): the half itself is positive. */
function signed(value: number, width: number): number {
  return value > 2 ** (width - 1) ? value - 2 ** width : value;
}

/** A double in two halves, since a number cannot be shifted by bits beyond 32. */
class XorValue {
  high = 0;
  low = 0;
  #leading = 0;
  #trailing = 0;
  readonly #bits: BitReader;
  readonly #words = new Uint32Array(2);
  readonly #double = new Float64Array(this.#words.buffer);

  constructor(bits: BitReader) {
    this.#bits = bits;
  }

  first(): void {
    this.high = this.#bits.read(32);
    this.low = this.#bits.read(32);
  }

  next(): void {
    if (this.#bits.bit() === 0) return;
    if (this.#bits.bit() === 1) {
      this.#leading = this.#bits.read(5);
      const width = this.#bits.read(6) || 64;
      this.#trailing = 64 - this.#leading - width;
      if (this.#trailing < 0) throw new ChunkError(`chunk: ${this.#leading} leading and ${width} significant bits in 64`);
    }
    this.#flip(64 - this.#leading - this.#trailing);
  }

  /** The value in the byte order of the machine, which on all that Node runs on is little-endian. */
  number(): number {
    this.#words[0] = this.low;
    this.#words[1] = this.high;
    return this.#double[0];
  }

  /** Reads `width` bits and applies them `#trailing` bits above the lowest. */
  #flip(width: number): void {
    const upper = width > 32 ? this.#bits.read(width - 32) : 0;
    const lower = this.#bits.read(Math.min(width, 32));
    const shift = this.#trailing;
    if (shift >= 32) {
      this.high = (this.high ^ (lower << (shift - 32))) >>> 0;
      return;
    }
    this.low = (this.low ^ (lower << shift)) >>> 0;
    const carried = shift === 0 ? upper : (upper << shift) | (lower >>> (32 - shift));
    this.high = (this.high ^ carried) >>> 0;
  }
}

/** Room behind the chunk, so that four bytes can be read at its last one. */
const padding = 8;

/** Reads bits, the highest of each byte first. */
class BitReader {
  #view: DataView;
  /** Next bit. */
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number) {
    const padded = new Uint8Array(bytes.length + padding);
    padded.set(bytes);
    this.#view = new DataView(padded.buffer);
    this.#at = start * 8;
    this.#end = bytes.length * 8;
  }

  /** The next bit. */
  bit(): number {
    const at = this.#at++;
    if (at >= this.#end) throw endsEarly();
    return (this.#view.getUint8(at >>> 3) >>> (7 - (at & 7))) & 1;
  }

  /** The next `count` (1 to 32) bits as an unsigned number. */
  read(count: number): number {
    const at = this.#at;
    this.#at = at + count;
    if (this.#at > this.#end) throw endsEarly();
    const byte = at >>> 3;
    const shift = at & 7;
    const word = this.#view.getUint32(byte) << shift;
    // What the shift has pushed out of reach stands in the fifth byte.
    const filled = shift === 0 ? word : word | (this.#view.getUint8(byte + 4) >>> (8 - shift));
    return filled >>> (32 - count);
  }

  /** An unsigned LEB128 number. */
  uvarint(): number {
    let value = 0;
    for (let scale = 1, i = 0; i < 10; i++, scale *= 128) {
      const byte = this.read(8);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new ChunkError('chunk: varint without end');
  }

  /** A zigzag LEB128 number; past ±2^53 the nearest. */
  varint(): number {
    const value = this.uvarint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

function endsEarly(): ChunkError {
  return new ChunkError('chunk ends within a sample');
}
