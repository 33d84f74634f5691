import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readSystem, recordedSystems } from '../testing/recorded-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-programs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the library answers where it believes to be on the system and the programs that it runs print the given lines. */
function answersOf(platform: string, programs: Readonly<Record<string, readonly string[]>>): Record<string, unknown> {
  for (const [name, text] of platform === 'win32' ? [['powershell.exe', powerShell(programs)]] : commands(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const script = `
    Object.defineProperty(process, 'platform', { value: ${JSON.stringify(platform)} });
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

/** A shell script for each program, which prints what its arguments ask for. */
function commands(programs: Readonly<Record<string, readonly string[]>>): [name: string, text: string][] {
  const names = [...new Set(Object.keys(programs).map((command) => command.split(' ')[0]))];
  return names.map((name) => {
    const own = Object.entries(programs).filter(([command]) => command.split(' ')[0] === name);
    const cases = own.map(([command, lines]) => `'${command.slice(name.length + 1)}') ${prints(lines, '')}`);
    return [name, `#!/bin/sh\ncase "$*" in\n${cases.join('')}esac\n`];
  });
}

/** A shell script that reads questions and answers each that names a class of Windows, until it is told to end. */
function powerShell(programs: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(programs).map(([command, lines]) => `*${command.split(' ')[1]}*) ${prints(lines, '\r')}`);
  return `#!/bin/sh\nwhile IFS= read -r line; do\ncase "$line" in\n${cases.join('')}exit*) exit 0\n;;\nesac\ndone\n`;
}

const prints = (lines: readonly string[], end: string) => `cat <<'END'\n${lines.map((line) => `${line}${end}\n`).join('')}END\n;;\n`;

const machines = recordedSystems().map((name) => ({ name, ...readSystem(name) }));

describe.skipIf(process.platform === 'win32')('systeminformation, told on which system it is', () => {
  it.each(machines)('makes of the programs of $name what its samples say', ({ platform, programs, samples }) => {
    const { mem, fsSize, battery } = answersOf(platform, programs);
    expect(fsSize).toEqual(samples['fsSize']);
    expect(battery).toEqual(samples['battery']);
    const { swaptotal, swapused, swapfree } = Object(samples['mem']);
    expect(mem).toMatchObject({ swaptotal, swapused, swapfree });
  });
});
