import { renameSync } from 'node:fs';
import { errorText } from '@presage/service/log.ts';
import { previousOf, secondName } from './previous.ts';
import { readStateFile, StateFileError, type StateContent } from './state-file.ts';

/** What became of a saved state: the newest file was taken, the one before it, none was whole, or nothing was saved. */
export type TakenUp = 'newest' | 'previous' | 'none' | 'absent';

/** A file that was passed over, and why. */
export interface Refusal {
  readonly path: string;
  /** Where it now is: aside as `.refused`, or still in its place where the folder cannot be written. */
  readonly aside: string;
  readonly err: string;
}

/**
 * Hands `take` the newest whole state of `path`, or the one before it where the newest is torn, changed or refused by `take` with
 * a StateFileError or a RangeError. What was refused goes aside as `.refused`, so that it never takes the place of a whole one,
 * and is told to `refused`; a previous state that was taken becomes the newest.
 */
export function takeNewest(path: string, take: (content: StateContent) => void, refused: (refusal: Refusal) => void): TakenUp {
  const newest = attempt(path, path, take, refused);
  if (newest === 'taken') return 'newest';
  const previous = attempt(path, previousOf(path), take, refused);
  if (previous === 'taken') return 'previous';
  return newest === 'absent' && previous === 'absent' ? 'absent' : 'none';
}

function attempt(
  path: string,
  file: string,
  take: (content: StateContent) => void,
  refused: (refusal: Refusal) => void,
): 'taken' | 'absent' | 'refused' {
  try {
    const content = readStateFile(file);
    if (content === undefined) return 'absent';
    take(content);
  } catch (error) {
    if (!(error instanceof StateFileError) && !(error instanceof RangeError)) throw error;
    refused({ path: file, aside: putAside(file, `${path}.refused`), err: errorText(error) });
    return 'refused';
  }
  if (file !== path) promote(file, path);
  return 'taken';
}

/** A folder that cannot be written is told of at the next save; a state that can be read is not given up for it. */
function putAside(file: string, aside: string): string {
  try {
    renameSync(file, aside);
    return aside;
  } catch {
    return file;
  }
}

function promote(file: string, path: string): void {
  try {
    secondName(file, `${path}.tmp`);
    renameSync(`${path}.tmp`, path);
  } catch {
    // As above.
  }
}
