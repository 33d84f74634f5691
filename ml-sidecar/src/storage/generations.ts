import { rename } from 'node:fs/promises';
import { errorText } from '@presage/service/log.ts';
import { previousOf, secondName } from './previous.ts';
import { StateFileError, type StateSection } from './section.ts';
import { readStateFile } from './state-file.ts';

/** What became of a saved state: the newest file was taken, the one before it, none was whole, or nothing was saved. */
export type TakenUp = 'newest' | 'previous' | 'none' | 'absent';

/** A file that was passed over, and why. */
export interface Refusal {
  readonly path: string;
  /** Where it now is: aside as `.refused`, or still in its place where the folder cannot be written. */
  readonly aside: string;
  readonly err: string;
}

/** Takes up the sections of a state; what it throws may come at once or later. */
export type Take = (sections: Iterable<StateSection>) => Promise<void> | void;

/**
 * Hands `take` the sections of the newest state of `path`, or of the one before it where the newest is torn, changed or refused by
 * `take` with a StateFileError or a RangeError. `take` must read them to the end, where it may show that the file is not whole; then
 * what it did is undone by `refused`. What was refused goes aside as `.refused`, so that it never takes the place of a whole one; a
 * previous state that was taken becomes the newest.
 */
export async function takeNewest(path: string, take: Take, refused: (refusal: Refusal) => void): Promise<TakenUp> {
  const newest = await attempt(path, path, take, refused);
  if (newest === 'taken') return 'newest';
  const previous = await attempt(path, previousOf(path), take, refused);
  if (previous === 'taken') return 'previous';
  return newest === 'absent' && previous === 'absent' ? 'absent' : 'none';
}

async function attempt(
  path: string,
  file: string,
  take: Take,
  refused: (refusal: Refusal) => void,
): Promise<'taken' | 'absent' | 'refused'> {
  try {
    const sections = readStateFile(file);
    if (sections === undefined) return 'absent';
    await take(sections);
  } catch (error) {
    if (!(error instanceof StateFileError) && !(error instanceof RangeError)) throw error;
    refused({ path: file, aside: await putAside(file, `${path}.refused`), err: errorText(error) });
    return 'refused';
  }
  if (file !== path) await promote(file, path);
  return 'taken';
}

/** A folder that cannot be written is told of at the next save; a state that can be read is not given up for it. */
async function putAside(file: string, aside: string): Promise<string> {
  try {
    await rename(file, aside);
    return aside;
  } catch {
    return file;
  }
}

async function promote(file: string, path: string): Promise<void> {
  try {
    await secondName(file, `${path}.tmp`);
    await rename(`${path}.tmp`, path);
  } catch {
    // As above.
  }
}
