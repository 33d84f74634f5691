import { tmpdir } from 'node:os';
import { describeMachine, type Machine } from '../../stack/src/machine.ts';

/** The machine that the tests run on; it says nothing unless told how. */
export function testMachine(say: (line: string) => void = () => {}): Machine {
  const { platform, arch, env } = process;
  return describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say });
}

/** Absolute path of a file of the repository. */
export function repositoryFile(name: string): string {
  return new URL(`../../${name}`, import.meta.url).pathname;
}
