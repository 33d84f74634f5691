import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';
import { type StartedProgram, until } from '../../test/end-to-end/started-program.ts';

/** What a process holds right after all of its garbage was collected: what would grow if something leaked. */
export interface Kept {
  /** Of its main thread, as all that follows. */
  readonly heapMiB: number;
  /** Milliseconds that the main thread took for it. */
  readonly milliseconds: number;
}

const collectedSchema = z.object({ collected: z.number(), heapUsed: z.number(), milliseconds: z.number() });
const mark = '{"collected":';

/** A Node program as its own first line starts it, with what `collected` needs in each of its threads. */
export function collectable(path: string, ...args: readonly string[]): UnversionedProgram {
  const [first] = readFileSync(path, 'utf8').split('\n', 1);
  const flags = first.split(' ').filter((word) => word.startsWith('--'));
  const collector = fileURLToPath(new URL('./collect.worker.js', import.meta.url));
  return { path: process.execPath, args: [...flags, `--import=${collector}`, path, ...args], environment: {}, origin: 'build' };
}

/** Has a `collectable` process collect its garbage, and gives what is left. Throws where that takes more than 20 s. */
export async function collected(program: StartedProgram): Promise<Kept> {
  const { pid } = program;
  const before = lastOf(program.said())?.collected ?? 0;
  process.kill(pid, 'SIGUSR2');
  await until(() => (lastOf(program.said())?.collected ?? 0) > before, 20, `process ${pid} collects garbage`);
  const { heapUsed, milliseconds } = lastOf(program.said())!;
  return { heapMiB: heapUsed / 2 ** 20, milliseconds };
}

function lastOf(said: string): z.output<typeof collectedSchema> | undefined {
  const start = said.lastIndexOf(mark);
  const end = said.indexOf('\n', start);
  return start < 0 || end < 0 ? undefined : collectedSchema.parse(JSON.parse(said.slice(start, end)));
}
