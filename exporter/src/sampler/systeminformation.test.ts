import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { installPrograms } from '../testing/recorded-programs.ts';
import { readSystem, recordedSystems, type RecordedSystem } from '../testing/recorded-system.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** What the library answers where it believes to be on the machine's system and runs its programs. */
function answersOf(machine: RecordedSystem): Record<string, unknown> {
  const folder = installPrograms(machine);
  folders.push(folder);
  const script = `
    Object.defineProperty(process, 'platform', { value: ${JSON.stringify(machine.platform)} });
    const library = require('systeminformation');
    Promise.all([library.mem(), library.fsSize(), library.battery()]).then(([mem, fsSize, battery]) =>
      process.stdout.write(JSON.stringify({ mem, fsSize, battery })));`;
  const answers: Record<string, unknown> = JSON.parse(
    execFileSync(process.execPath, ['-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    }),
  );
  return answers;
}

const machines = recordedSystems().map((name) => ({ name, ...readSystem(name) }));

describe.skipIf(process.platform === 'win32')('systeminformation, told on which system it is', { timeout: 100_000 }, () => {
  it.each(machines)('makes of the programs of $name what its samples say', ({ samples, ...machine }) => {
    const { mem, fsSize, battery } = answersOf({ ...machine, samples });
    expect(fsSize).toEqual(samples['fsSize']);
    expect(battery).toEqual(samples['battery']);
    const { swaptotal, swapused, swapfree } = Object(samples['mem']);
    expect(mem).toMatchObject({ swaptotal, swapused, swapfree });
  });
});
