import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepPrevious } from './previous.ts';
import { bytesOf, layoutOf, magic, syncFolder, type Column } from './state-file.ts';

/** What a state file holds, to be had piece by piece; every call of a function gives the same. */
export interface StatePieces {
  /** JSON of the header, in pieces. */
  readonly header: () => Iterable<string>;
  readonly columns: () => Iterable<Column>;
}

/** Bytes hashed and written together: some milliseconds. */
const pieceBytes = 2 ** 20;

/**
 * Writes the file that `writeStateFile` writes, little by little: `giveWay` is called often, and waited for where it gives a promise.
 * What is written must not change meanwhile. Where `isWanted` is false in the end, as the state was written by another way, the old
 * file stays. Rejects with what the file system says; then, too, the old file stays.
 */
export async function writeStateFileGently(
  path: string,
  { header, columns }: StatePieces,
  giveWay: () => Promise<void> | undefined,
  isWanted: () => boolean,
): Promise<void> {
  const temporary = `${path}.gentle.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  const file = await open(temporary, 'w', 0o600);
  try {
    const writer = createWriter(file, giveWay);
    const head = await headOf(header, columns, giveWay);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(head.reduce((sum, piece) => sum + piece.length, 0));
    await writer.add(magic);
    await writer.add(length);
    for (const piece of head) await writer.add(piece);
    for (const column of columns()) await writer.add(bytesOf(column));
    await writer.end();
    await file.sync();
    if (!isWanted()) return;
    keepPrevious(path);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } finally {
    await file.close();
    rmSync(temporary, { force: true });
  }
}

/** The head of the file in pieces: header, and kinds and lengths of the columns. */
async function headOf(
  header: StatePieces['header'],
  columns: StatePieces['columns'],
  giveWay: () => Promise<void> | undefined,
): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = [];
  let text = '{"header":';
  const add = async (more: string): Promise<void> => {
    text += more;
    if (text.length < pieceBytes / 4) return;
    pieces.push(Buffer.from(text));
    text = '';
    await giveWay();
  };
  for (const piece of header()) await add(piece);
  let between = ',"layout":[';
  for (const column of columns()) {
    await add(`${between}"${layoutOf(column)}"`);
    between = ',';
  }
  await add(between === ',' ? ']}' : ',"layout":[]}');
  return [...pieces, Buffer.from(text)];
}

/** Gathers bytes, hashes and writes them; the hash comes last. */
function createWriter(file: FileHandle, giveWay: () => Promise<void> | undefined) {
  const hash = createHash('sha256');
  const gathered = Buffer.alloc(pieceBytes);
  let filled = 0;
  const flush = async (): Promise<void> => {
    const bytes = gathered.subarray(0, filled);
    hash.update(bytes);
    await writeAll(file, bytes);
    filled = 0;
    await giveWay();
  };
  return {
    async add(bytes: Uint8Array): Promise<void> {
      for (let from = 0; from < bytes.length;) {
        const part = bytes.subarray(from, from + pieceBytes - filled);
        gathered.set(part, filled);
        filled += part.length;
        from += part.length;
        if (filled === pieceBytes) await flush();
      }
    },
    async end(): Promise<void> {
      await flush();
      await writeAll(file, hash.digest());
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}
