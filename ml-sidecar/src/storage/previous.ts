import { copyFile, link, rename, rm } from 'node:fs/promises';

/** Where the state before the newest one is kept. */
export function previousOf(path: string): string {
  return `${path}.1`;
}

/**
 * Keeps what `path` holds as the previous generation, without a moment in which `path` holds nothing. To be called right before a
 * new file takes its place. Rejects with what the file system says; no file is no fault.
 */
export async function keepPrevious(path: string): Promise<void> {
  const temporary = `${previousOf(path)}.tmp`;
  try {
    await secondName(path, temporary);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await rename(temporary, previousOf(path));
}

/** The same file under a second name; a copy where the file system knows no links. Rejects with what the file system says. */
export async function secondName(path: string, second: string): Promise<void> {
  await rm(second, { force: true });
  try {
    await link(path, second);
  } catch (error) {
    if (isMissing(error)) throw error;
    await copyFile(path, second);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
