import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedSystem } from './recorded-system.ts';

type Programs = RecordedSystem['programs'];

/** Makes a folder with the programs of a machine, as shell scripts that print what the machine's print. For the head of a PATH. */
export function installPrograms({ platform, programs }: Pick<RecordedSystem, 'platform' | 'programs'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'presage-programs-'));
  for (const [name, text] of platform === 'win32' ? [['powershell.exe', powerShell(programs)]] : commands(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** A shell script for each program, which prints what its arguments ask for. */
function commands(programs: Programs): [name: string, text: string][] {
  const names = [...new Set(Object.keys(programs).map((command) => command.split(' ')[0]))];
  return names.map((name) => {
    const own = Object.entries(programs).filter(([command]) => command.split(' ')[0] === name);
    const cases = own.map(([command, lines]) => `'${command.slice(name.length + 1)}') ${prints(lines, '')}`);
    return [name, `#!/bin/sh\ncase "$*" in\n${cases.join('')}esac\n`];
  });
}

/** A shell script that reads questions and answers each that names a class of Windows, until it is told to end. */
function powerShell(programs: Programs): string {
  const cases = Object.entries(programs).map(([command, lines]) => `*${command.split(' ')[1]}*) ${prints(lines, '\r')}`);
  return `#!/bin/sh\nwhile IFS= read -r line; do\ncase "$line" in\n${cases.join('')}exit*) exit 0\n;;\nesac\ndone\n`;
}

const prints = (lines: readonly string[], end: string) => `cat <<'END'\n${lines.map((line) => `${line}${end}\n`).join('')}END\n;;\n`;
