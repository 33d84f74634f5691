import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that its owner alone may read (mode 0600), whole or not at all; one that stands there with another mode is replaced.
 * @throws Error of the file system, such as ENOENT when its folder does not exist.
 */
export function writePrivateFile(file: string, text: string): void {
  const temporary = `${file}.new`;
  // A leftover would keep its mode, and a link its target.
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
