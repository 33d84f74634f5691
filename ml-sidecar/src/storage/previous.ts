import { copyFileSync, linkSync, renameSync, rmSync } from 'node:fs';

/** Where the state before the newest one is kept. */
export function previousOf(path: string): string {
  return `${path}.1`;
}

/**
 * Keeps what `path` holds as the previous generation, without a moment in which `path` holds nothing. To be called right before a
 * new file takes its place. Throws what the file system throws; no file is no fault.
 */
export function keepPrevious(path: string): void {
  const temporary = `${previousOf(path)}.tmp`;
  try {
    secondName(path, temporary);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  renameSync(temporary, previousOf(path));
}

/** The same file under a second name; a copy where the file system knows no links. Throws what the file system throws. */
export function secondName(path: string, second: string): void {
  rmSync(second, { force: true });
  try {
    linkSync(path, second);
  } catch (error) {
    if (isMissing(error)) throw error;
    copyFileSync(path, second);
  }
}

/** Whether the file system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
