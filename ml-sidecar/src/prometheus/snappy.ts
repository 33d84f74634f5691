/** Bytes that are not a snappy block, or are one of more than the allowed length. */
export class SnappyError extends Error {
  override readonly name = 'SnappyError';
}

/**
 * Decompresses one raw snappy block (no frames). `maxLength` bounds the length that the block declares before anything is allocated.
 * Throws a SnappyError. Format: google/snappy, format_description.txt.
 */
export function snappyDecompress(input: Uint8Array, maxLength: number): Uint8Array {
  const { length, at } = readLength(input, maxLength);
  const output = new Uint8Array(length);
  decodeElements(input, at, output);
  return output;
}

/**
 * Decompresses block after block as `snappyDecompress` does. A result up to 1 MiB lies in memory that the next call uses again,
 * which saves a stream of equal bodies most of its garbage.
 */
export function createSnappyReader(maxLength: number): (input: Uint8Array) => Uint8Array {
  const kept = new Uint8Array(Math.min(maxLength, 2 ** 20));
  return (input) => {
    const { length, at } = readLength(input, maxLength);
    if (length > kept.length) return snappyDecompress(input, maxLength);
    const output = kept.subarray(0, length);
    decodeElements(input, at, output);
    return output;
  };
}

/** Compresses into one raw snappy block: greedy matching of four bytes over blocks of 64 KiB. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  return Buffer.concat([snappyHead(input.length), snappyElements(input)]);
}

/** What a raw snappy block begins with: the length of what it holds. The elements of its parts follow, in order. */
export function snappyHead(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

/** The elements of one part of a raw snappy block; they refer to nothing outside of it. */
export function snappyElements(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(32 + input.length + Math.floor(input.length / 6));
  const table = new Uint16Array(1 << hashBits);
  let at = 0;
  for (let start = 0; start < input.length; start += blockSize)
    at = compressBlock(input, start, Math.min(start + blockSize, input.length), output, at, table);
  return output.slice(0, at);
}

const blockSize = 65_536;
const hashBits = 14;

function readLength(input: Uint8Array, maxLength: number): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0; at < 5 && at < input.length; at++) {
    length += (input[at] & 127) * 2 ** (7 * at);
    if (input[at] < 128) return checkLength(length, maxLength, input.length, at + 1);
  }
  throw new SnappyError('snappy block has no length');
}

function checkLength(length: number, maxLength: number, size: number, at: number): { readonly length: number; readonly at: number } {
  if (length > maxLength) throw new SnappyError(`snappy block declares ${length} bytes, want at most ${maxLength}`);
  // The densest element, a copy of 64 bytes, takes 3 bytes: no honest block declares more.
  if (length > (size - at) * 22) throw new SnappyError(`snappy block of ${size} bytes declares ${length} bytes`);
  return { length, at };
}

function decodeElements(input: Uint8Array, start: number, output: Uint8Array): void {
  const end = input.length;
  const size = output.length;
  const from = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const into = new DataView(output.buffer, output.byteOffset, output.byteLength);
  let at = start;
  let to = 0;
  while (at < end) {
    const tag = input[at++];
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const bytes = length - 60;
        if (at + bytes > end) throw truncated(at);
        length = littleEndian(input, at, bytes) + 1;
        at += bytes;
      }
      if (at + length > end || to + length > size) throw truncated(at);
      if (length > 32) output.set(input.subarray(at, at + length), to);
      else copyWords(from, at, into, to, length);
      at += length;
      to += length;
      continue;
    }
    let offset: number;
    if (kind === 1) {
      length = ((tag >>> 2) & 7) + 4;
      if (at >= end) throw truncated(at);
      offset = ((tag >>> 5) << 8) | input[at++];
    } else {
      const bytes = kind === 2 ? 2 : 4;
      if (at + bytes > end) throw truncated(at);
      offset = littleEndian(input, at, bytes);
      at += bytes;
      // A long copy comes as several with the same offset.
      for (; isCopyFrom(input, at, offset); at += 3) length += (input[at] >>> 2) + 1;
    }
    if (offset === 0 || offset > to || to + length > size) throw new SnappyError(`snappy copy at byte ${at} points outside`);
    if (length > 24 && offset >= length) output.copyWithin(to, to - offset, to - offset + length);
    else if (offset >= 4) copyWords(into, to - offset, into, to, length);
    else for (let i = to; i < to + length; i++) output[i] = output[i - offset];
    to += length;
  }
  if (to !== size) throw new SnappyError(`snappy block declares ${size} bytes and holds ${to}`);
}

/** Whether a copy with this two-byte offset stands at `at`; past the end there is none. */
function isCopyFrom(input: Uint8Array, at: number, offset: number): boolean {
  return at + 3 <= input.length && (input[at] & 3) === 2 && (input[at + 1] | (input[at + 2] << 8)) === offset;
}

/** Four bytes at a time, which for a few is faster than a call; right also where the target overlaps the source by four or more. */
function copyWords(from: DataView, at: number, into: DataView, to: number, length: number): void {
  let i = 0;
  for (; i + 4 <= length; i += 4) into.setInt32(to + i, from.getInt32(at + i, true), true);
  for (; i < length; i++) into.setUint8(to + i, from.getUint8(at + i));
}

function truncated(at: number): SnappyError {
  return new SnappyError(`snappy element at byte ${at} runs past the end`);
}

function littleEndian(input: Uint8Array, at: number, bytes: number): number {
  if (bytes === 2) return input[at] | (input[at + 1] << 8);
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + input[at + i];
  return value;
}

function compressBlock(input: Uint8Array, start: number, end: number, output: Uint8Array, out: number, table: Uint16Array): number {
  table.fill(0);
  const last = end - 4;
  let literal = start;
  let at = start + 1;
  let to = out;
  while (at <= last) {
    const hash = Math.imul(word(input, at), 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = start + table[hash];
    table[hash] = at - start;
    if (candidate >= at || word(input, candidate) !== word(input, at)) {
      // The longer nothing matches, the larger the steps: what does not compress is passed quickly.
      at += 1 + ((at - literal) >>> 5);
      continue;
    }
    let length = 4;
    while (at + length < end && input[candidate + length] === input[at + length]) length += 1;
    to = writeLiteral(input, literal, at, output, to);
    to = writeCopy(output, to, at - candidate, length);
    at += length;
    literal = at;
  }
  return writeLiteral(input, literal, end, output, to);
}

function word(input: Uint8Array, at: number): number {
  return input[at] | (input[at + 1] << 8) | (input[at + 2] << 16) | (input[at + 3] << 24);
}

function writeLiteral(input: Uint8Array, from: number, end: number, output: Uint8Array, out: number): number {
  const length = end - from;
  if (length === 0) return out;
  let to = out;
  const rest = length - 1;
  if (rest < 60) output[to++] = rest << 2;
  else if (rest < 256) {
    output[to++] = 60 << 2;
    output[to++] = rest;
  } else {
    output[to++] = 61 << 2;
    output[to++] = rest & 255;
    output[to++] = rest >>> 8;
  }
  if (length > 48) output.set(input.subarray(from, end), to);
  else for (let i = 0; i < length; i++) output[to + i] = input[from + i];
  return to + length;
}

function writeCopy(output: Uint8Array, out: number, offset: number, length: number): number {
  let to = out;
  for (let rest = length; rest > 0;) {
    const part = Math.min(rest, 64);
    output[to++] = 2 | ((part - 1) << 2);
    output[to++] = offset & 255;
    output[to++] = offset >>> 8;
    rest -= part;
  }
  return to;
}
