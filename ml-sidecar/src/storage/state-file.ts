import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMissing, keepPrevious } from './previous.ts';

/** Numbers that a state file can hold beside its header. */
export type Column = Float64Array | Float32Array | Uint8Array;

/** What a state file holds: a header that JSON can say, and columns of numbers in the order written. */
export interface StateContent {
  readonly header: unknown;
  readonly columns: readonly Column[];
}

/** What a state file begins with. */
export const magic = Buffer.from('PRESAGE1');
const kinds = { d: Float64Array, f: Float32Array, b: Uint8Array };

/** A state file that is torn, of another version or changed by someone else. */
export class StateFileError extends Error {}

/**
 * Writes `content` to `path` so that a crash at any moment leaves either the old file or the new one: temporary file, fsync,
 * rename, fsync of the folder. The old one is kept beside it as `path.1`. Layout: magic, length of the JSON head, head (header and kinds and lengths of the columns), columns,
 * SHA-256 of all before. Throws what the file system throws.
 */
export function writeStateFile(path: string, content: StateContent): void {
  const layout = content.columns.map(layoutOf);
  const head = Buffer.from(JSON.stringify({ header: content.header, layout }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  const parts = [magic, length, head, ...content.columns.map(bytesOf)];
  const hash = createHash('sha256');
  const temporary = `${path}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(temporary, 'w', 0o600);
  try {
    for (const part of parts) {
      hash.update(part);
      writeAll(file, part);
    }
    writeAll(file, hash.digest());
    fsyncSync(file);
    keepPrevious(path);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
}

/** Reads what `writeStateFile` wrote. Nothing where there is no file; throws a StateFileError where it is not whole. */
export function readStateFile(path: string): StateContent | undefined {
  const wrong = (found: string) => new StateFileError(`${path}: got ${found}, want a state file of this version`);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof Error && 'code' in error && error.code === 'EIO') throw wrong('a disk that cannot read it');
    throw error;
  }
  if (bytes.length < magic.length + 36 || !bytes.subarray(0, magic.length).equals(magic)) throw wrong('a file that is something else');
  const body = bytes.subarray(0, -32);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-32))) throw wrong('a torn or changed file');
  const headLength = bytes.readUInt32LE(magic.length);
  const headEnd = magic.length + 4 + headLength;
  const head: { header: unknown; layout: string[] } = JSON.parse(body.toString('utf8', magic.length + 4, headEnd));
  let offset = headEnd;
  const columns = head.layout.map((entry) => {
    const kind = entry[0];
    if (kind !== 'd' && kind !== 'f' && kind !== 'b') throw wrong(`a column of kind ${entry}`);
    const Kind = kinds[kind];
    const count = Number(entry.slice(1));
    const size = count * Kind.BYTES_PER_ELEMENT;
    // Copied, because a column in the file need not stand on a multiple of its element size.
    const slice = Uint8Array.from(body.subarray(offset, offset + size)).buffer;
    offset += size;
    return new Kind(slice);
  });
  return { header: head.header, columns };
}

/** Kind and length of a column, as the head has them. */
export function layoutOf(column: Column): string {
  return `${kindOf(column)}${column.length}`;
}

/** The bytes of a column; no copy. */
export function bytesOf(column: Column): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function kindOf(column: Column): keyof typeof kinds {
  if (column instanceof Float64Array) return 'd';
  return column instanceof Float32Array ? 'f' : 'b';
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

/** Makes what was renamed in a folder last. Throws what the file system throws. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
