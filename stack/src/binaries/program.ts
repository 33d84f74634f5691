import type { Machine } from '../machine.ts';
import { execute } from '../execute.ts';

/** A program that was found or fetched, with all that is needed to start it. */
export interface Program {
  readonly path: string;
  /** Arguments that it always needs, before any others. */
  readonly args: readonly string[];
  /** The folder that it must be started in, if it matters. Hand it absolute paths only. */
  readonly folder?: string;
  /** Variables to add to its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  /** Where it came from, for the user: `PATH`, `release 3.5.0`, `Debian package`. */
  readonly origin: string;
}

/** A program before it was asked for its version. */
export type UnversionedProgram = Omit<Program, 'version'>;

/**
 * Asks a program for its version and refuses one older than `minimum` (`major.minor`).
 * @throws Error when it cannot be run, tells no version, or is too old.
 */
export async function withVersion(machine: Machine, program: UnversionedProgram, minimum: string): Promise<Program> {
  const { output, errors } = await execute(program.path, ['--version'], {
    environment: { ...machine.environment, ...program.environment },
    timeout: 20,
    ...(program.folder === undefined ? {} : { folder: program.folder }),
  });
  const version = parseVersion(output + errors);
  if (version === undefined)
    throw new Error(`${program.path} --version: got ${JSON.stringify((output + errors).slice(0, 80))}, want a version`);
  if (isOlder(version, minimum)) throw new Error(`${program.path} is version ${version}, want ${minimum} or newer`);
  return { ...program, version };
}

/** The version in the first line of `prometheus --version` and its kin (`prometheus, version 2.42.0+ds (branch: …`). */
export function parseVersion(text: string): string | undefined {
  return /version v?(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

/** Whether a version is lower than another, number by number; missing numbers are zero. */
export function isOlder(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
