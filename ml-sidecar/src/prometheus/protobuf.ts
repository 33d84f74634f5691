/** Bytes that are not the protobuf message that they should be. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Wire types that Prometheus' messages use. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads a message field by field. Every method throws a ProtobufError where the bytes end early. */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  /** Number of the field that `next` found. */
  field = 0;
  /** Wire type of the field that `next` found. */
  type = 0;
  #at: number;
  readonly #end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves to the next field; false at the end. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.uint();
    this.field = Math.floor(tag / 8);
    this.type = tag % 8;
    if (this.field === 0) throw new ProtobufError(`field 0 at byte ${this.#at}`);
    return true;
  }

  /** Whether the current field has this number and wire type. */
  is(field: number, type: number): boolean {
    return this.field === field && this.type === type;
  }

  /** An unsigned varint; past 2^53 the nearest number. */
  uint(): number {
    let value = 0;
    for (let shift = 1, i = 0; i < 10; i++, shift *= 128) {
      const byte = this.bytes[this.#take(1)];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    throw new ProtobufError(`varint without end at byte ${this.#at}`);
  }

  /** An int64 (not zigzag); past ±2^53 the nearest number. */
  int64(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes[this.#take(1)];
      if (i < 4) low += (byte & 127) * 2 ** (7 * i);
      else high += (byte & 127) * 2 ** (7 * (i - 4));
      // 28 bits below, 36 above, in two's complement.
      if (byte < 128) return ((high % 2 ** 36) - (high % 2 ** 36 >= 2 ** 35 ? 2 ** 36 : 0)) * 2 ** 28 + low;
    }
    throw new ProtobufError(`varint without end at byte ${this.#at}`);
  }

  /** A little-endian double. */
  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** A little-endian double, or undefined for Prometheus' stale marker, 0x7ff0000000000002. */
  sampleValue(): number | undefined {
    const at = this.#take(8);
    const value = this.#view.getFloat64(at, true);
    const stale = Number.isNaN(value) && this.#view.getUint32(at, true) === 2 && this.#view.getUint32(at + 4, true) === 0x7ff00000;
    return stale ? undefined : value;
  }

  /** The content of a length-delimited field, not copied. */
  content(): Uint8Array {
    const length = this.uint();
    const start = this.#take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A message in a length-delimited field. */
  message(): ProtobufReader {
    const length = this.uint();
    const start = this.#take(length);
    return new ProtobufReader(this.bytes, start, start + length);
  }

  /** A UTF-8 string; bytes that are not UTF-8 become U+FFFD. */
  string(): string {
    return decoder.decode(this.content());
  }

  /** Passes over the current field. */
  skip(): void {
    if (this.type === wire.varint) this.uint();
    else if (this.type === wire.fixed64) this.#take(8);
    else if (this.type === wire.bytes) this.#take(this.uint());
    else if (this.type === wire.fixed32) this.#take(4);
    else throw new ProtobufError(`wire type ${this.type} at byte ${this.#at}`);
  }

  #take(count: number): number {
    const at = this.#at;
    if (!(at + count <= this.#end)) throw new ProtobufError(`field at byte ${at} runs past the end`);
    this.#at = at + count;
    return at;
  }
}

const decoder = new TextDecoder();

/** Bytes that `varint` takes for `value`, an integer of up to 53 bits; 10 for a negative one. */
export function varintLength(value: number): number {
  if (value < 0) return 10;
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Writes into bytes that grow as needed. */
export class ProtobufWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written; valid until the next write. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#at;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#at = 0;
  }

  tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  /** An integer of up to 53 bits and a sign, as int64. */
  varint(value: number): void {
    this.#reserve(10);
    if (value < 0) this.#negative(value);
    else {
      let rest = value;
      for (; rest >= 2 ** 31; rest = Math.floor(rest / 128)) this.#bytes[this.#at++] = (rest % 128) | 128;
      for (; rest >= 128; rest >>>= 7) this.#bytes[this.#at++] = (rest & 127) | 128;
      this.#bytes[this.#at++] = rest;
    }
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Bytes as they are, without tag or length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A length-delimited field. */
  content(field: number, bytes: Uint8Array): void {
    this.tag(field, wire.bytes);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  string(field: number, text: string): void {
    this.content(field, encoder.encode(text));
  }

  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < 9; i++, rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 127n) | 128;
    this.#bytes[this.#at++] = Number(rest);
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + count));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const encoder = new TextEncoder();
