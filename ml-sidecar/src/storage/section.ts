import { crc32 } from 'node:zlib';

/** Numbers that a state file can hold beside its headers. */
export type Column = Float64Array | Float32Array | Uint8Array;

/** A part of a state file: a header that JSON can say, and columns of numbers in the order written. */
export interface StateSection {
  readonly header: unknown;
  readonly columns: readonly Column[];
}

/** What stands before each section: how long its head is, padded, and how long its columns are; both zero for the end. */
export interface SectionFrame {
  readonly headBytes: number;
  readonly columnBytes: number;
}

/** A state file that is torn, of another version or changed by someone else. */
export class StateFileError extends Error {}

/** What a state file begins with. */
export const magic = Buffer.from('PRESAGE2');
/** Bytes of a frame, and of the checksum that ends each section. */
export const frameBytes = 8;
export const checksumBytes = 4;

/** Columns of each kind as views of bytes. */
const views = {
  d: (bytes: Buffer, at: number, length: number) => new Float64Array(bytes.buffer, bytes.byteOffset + at, length),
  f: (bytes: Buffer, at: number, length: number) => new Float32Array(bytes.buffer, bytes.byteOffset + at, length),
  b: (bytes: Buffer, at: number, length: number) => new Uint8Array(bytes.buffer, bytes.byteOffset + at, length),
};
/** Heads and columns begin at multiples of this, so that what was read can be looked at as numbers where it lies. */
const alignment = 8;

/**
 * A state file in pieces to be written one after the other. Layout: magic; each section as frame (lengths of head and columns, 32
 * bits each), head (JSON of the header and of kind and length of each column), columns, checksum; last an empty frame with its
 * checksum. A checksum is the CRC-32 of all bytes so far but the checksums, so that no section can be lost, doubled or moved. One
 * piece is one section, taken up and encoded without anything else running in between; it holds until the next is asked for.
 */
export function* encoded(sections: Iterable<StateSection>): Generator<Buffer> {
  let checksum = crc32(magic);
  // One room for all sections: fresh memory for each would take longer than filling it.
  let room = Buffer.alloc(0);
  const roomFor = (length: number): Buffer => {
    if (room.length < length) room = Buffer.allocUnsafe(Math.ceil(1.25 * length));
    return room.subarray(0, length);
  };
  yield magic;
  const closed = (bytes: Buffer): Buffer => {
    checksum = crc32(bytes.subarray(0, -checksumBytes), checksum);
    bytes.writeUInt32LE(checksum, bytes.length - checksumBytes);
    return bytes;
  };
  for (const section of sections) yield closed(opened(section, roomFor));
  yield closed(Buffer.alloc(frameBytes + checksumBytes));
}

/** The lengths in a frame. */
export function frameOf(bytes: Buffer): SectionFrame {
  return { headBytes: bytes.readUInt32LE(0), columnBytes: bytes.readUInt32LE(4) };
}

/** The section whose head and columns begin `body`. Its columns are views of these bytes. Throws a StateFileError. */
export function decoded(body: Buffer, { headBytes, columnBytes }: SectionFrame): StateSection {
  const head: { header: unknown; layout: string[] } = JSON.parse(body.toString('utf8', 0, headBytes));
  let at = headBytes;
  const columns = head.layout.map((entry) => {
    const kind = entry[0];
    if (kind !== 'd' && kind !== 'f' && kind !== 'b') throw new StateFileError(`got a column of kind ${entry}, want one of d, f and b`);
    const column = views[kind](body, at, Number(entry.slice(1)));
    at += padded(column.byteLength);
    return column;
  });
  if (at !== headBytes + columnBytes) throw new StateFileError(`got ${at - headBytes} bytes of columns, want ${columnBytes}`);
  return { header: head.header, columns };
}

/** A section with room for its checksum, in bytes that `roomFor` gives. */
function opened({ header, columns }: StateSection, roomFor: (length: number) => Buffer): Buffer {
  const head = Buffer.from(JSON.stringify({ header, layout: columns.map((column) => kindOf(column) + column.length) }));
  const headBytes = padded(head.length);
  const columnBytes = columns.reduce((sum, column) => sum + padded(column.byteLength), 0);
  const bytes = roomFor(frameBytes + headBytes + columnBytes + checksumBytes);
  bytes.writeUInt32LE(headBytes, 0);
  bytes.writeUInt32LE(columnBytes, 4);
  bytes.set(head, frameBytes);
  bytes.fill(' ', frameBytes + head.length, frameBytes + headBytes);
  let at = frameBytes + headBytes;
  for (const column of columns) {
    // By a view of its own kind: asking a small array for its buffer would give it one for good.
    views[kindOf(column)](bytes, at, column.length).set(column);
    const end = at + padded(column.byteLength);
    bytes.fill(0, at + column.byteLength, end);
    at = end;
  }
  return bytes;
}

function kindOf(column: Column): keyof typeof views {
  if (column instanceof Float64Array) return 'd';
  return column instanceof Float32Array ? 'f' : 'b';
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}
