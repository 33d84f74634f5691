import { readFileSync } from 'node:fs';
import { UsageError } from '@presage/service/command-line.ts';
import { errorText } from '@presage/service/log.ts';

/** The secret in a file, without white space around it. Throws a UsageError that names `place` where it cannot be read. */
export function secretFrom(place: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`${place}: got ${JSON.stringify(path)} (${errorText(error)}), want a file that can be read`, { cause: error });
  }
}
