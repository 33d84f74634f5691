import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { GiveWay } from '@presage/service/giving-way.ts';
import { keepPrevious } from './previous.ts';
import {
  checksumBytes,
  decoded,
  encoded,
  frameBytes,
  frameOf,
  magic,
  StateFileError,
  type SectionFrame,
  type StateSection,
} from './section.ts';

/** A whole file beside the one that it is to replace. */
export interface WrittenState {
  /** Puts it in the place of the old one, which is kept as the generation before. Rejects with what the file system says. */
  readonly commit: () => Promise<void>;
  /** Removes it. */
  readonly drop: () => Promise<void>;
}

/**
 * Writes `sections` beside `path` as `temporary`, section by section, giving way after each. Each is asked for right before it is
 * written, so that what changes meanwhile is in it or is not, and never half. A crash at any moment leaves the old file or, after
 * `commit`, the new one. Rejects with what the file system says; then nothing is left.
 */
export async function prepareStateFile(
  path: string,
  temporary: string,
  sections: Iterable<StateSection>,
  giveWay: GiveWay,
): Promise<WrittenState> {
  mkdirSync(dirname(path), { recursive: true });
  const drop = (): Promise<void> => rm(temporary, { force: true });
  // It may be a second name of one that is still needed.
  await drop();
  const file = await open(temporary, 'w', 0o600);
  try {
    for (const piece of encoded(sections)) {
      await writeAll(file, piece);
      await giveWay();
    }
    await file.sync();
  } catch (error) {
    await drop();
    throw error;
  } finally {
    await file.close();
  }
  const commit = async (): Promise<void> => {
    await keepPrevious(path);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  };
  return { commit, drop };
}

/** Writes `sections` to `path`; else as `prepareStateFile`. */
export async function writeStateFile(path: string, sections: Iterable<StateSection>, giveWay: GiveWay = () => undefined): Promise<void> {
  const written = await prepareStateFile(path, `${path}.tmp`, sections, giveWay);
  try {
    await written.commit();
  } catch (error) {
    await written.drop();
    throw error;
  }
}

/**
 * The sections of a state file, read one at a time; nothing where there is no file. The iteration throws a StateFileError where the
 * file is not whole, which may show at its very end only.
 */
export function readStateFile(path: string): Iterable<StateSection> | undefined {
  return statSync(path, { throwIfNoEntry: false }) ? sectionsIn(path) : undefined;
}

/** The section of a file that has but one. Throws a StateFileError where it is not whole. */
export function onlySection(sections: Iterable<StateSection>): StateSection {
  const all = [...sections];
  if (all.length !== 1) throw new StateFileError(`got ${all.length} sections, want one`);
  return all[0];
}

function* sectionsIn(path: string): Generator<StateSection> {
  const wrong = (found: string) => new StateFileError(`${path}: got ${found}, want a state file of this version`);
  const file = openSync(path, 'r');
  try {
    let left = fstatSync(file).size;
    const read = (length: number): Buffer => {
      if (length > left) throw wrong('a torn or changed file');
      left -= length;
      return readAll(file, length, wrong);
    };
    if (left < magic.length || !read(magic.length).equals(magic)) throw wrong('a file that is something else');
    let checksum = crc32(magic);
    for (;;) {
      const frame = read(frameBytes);
      const lengths = frameOf(frame);
      const length = lengths.headBytes + lengths.columnBytes;
      const body = read(length + checksumBytes);
      checksum = crc32(body.subarray(0, length), crc32(frame, checksum));
      if (body.readUInt32LE(length) !== checksum) throw wrong('a torn or changed file');
      if (length === 0) break;
      yield sectionOf(body, lengths, wrong);
    }
    if (left > 0) throw wrong('more than the whole of it');
  } finally {
    closeSync(file);
  }
}

function sectionOf(body: Buffer, frame: SectionFrame, wrong: (found: string) => StateFileError): StateSection {
  try {
    return decoded(body, frame);
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof RangeError ? wrong(error.message) : error;
  }
}

/** Bytes of a buffer of their own. */
function readAll(file: number, length: number, wrong: (found: string) => StateFileError): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  try {
    for (let filled = 0; filled < length;) {
      const got = readSync(file, bytes, filled, length - filled, null);
      if (got === 0) throw wrong('a torn or changed file');
      filled += got;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EIO') throw wrong('a disk that cannot read it');
    throw error;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}

/** Makes what was renamed in a folder last. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
