import { statSync } from 'node:fs';
import { errorText, type Logger } from './log.ts';

/** A value read from files, and the files that it came from. */
export interface Loaded<T> {
  readonly value: T;
  readonly files: readonly string[];
}

/**
 * Reads files now, and gives a function that reads them again when one has changed. What is wrong then is logged once, and the
 * last good value stays. What is wrong at first is thrown. A look costs a stat of some 3 µs per file, so every request can afford it.
 */
export function reloading<T>(what: string, load: () => Loaded<T>, log: Logger): () => T {
  let { value, files } = load();
  let seen = fingerprint(files);
  return () => {
    const now = fingerprint(files);
    if (now === seen) return value;
    seen = now;
    try {
      ({ value, files } = load());
      seen = fingerprint(files);
      log.info(`${what} loaded again`, { file: files[0] });
    } catch (error) {
      log.error(`${what} changed and cannot be used; the last good one stays`, { file: files[0], err: errorText(error) });
    }
    return value;
  };
}

/** Changes when one of the files does. */
function fingerprint(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? 'absent' : `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
    })
    .join(' ');
}
