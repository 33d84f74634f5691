import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { execute } from '../../stack/src/execute.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'deploy/systemd');
const units = readdirSync(folder);
const services = units.filter((unit) => unit.endsWith('.service'));
const scratch = mkdtempSync(join(tmpdir(), 'presage-units-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const linesOf = (unit: string): readonly string[] => readFileSync(join(folder, unit), 'utf8').split('\n');

test.each(services)('every flag that %s names is documented', (unit) => {
  const docs = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const flags = linesOf(unit)
    .filter((line) => !line.startsWith('#') && /^(Exec|Environment=PRESAGE)/.test(line))
    .flatMap((line) => [...line.matchAll(/--([a-z][\w.-]*)/g)].map(([, flag]) => flag));
  expect(flags).not.toEqual([]);
  expect(flags.filter((flag) => !docs.includes(`\`${flag}=`) && !docs.includes(`\`--${flag}`) && !docs.includes(`\`${flag}\``))).toEqual(
    [],
  );
});

test('a socket unit has a service of its name, and listens where that service would', () => {
  for (const unit of units.filter((each) => each.endsWith('.socket'))) {
    const [, address] = /^ListenStream=(.*)$/m.exec(linesOf(unit).join('\n')) ?? [];
    expect(linesOf(unit.replace('.socket', '.service')).join('\n')).toMatch(new RegExp(`listen-address=:?${address}$`, 'm'));
  }
});

describe.skipIf(!existsSync('/usr/bin/systemd-analyze'))('systemd itself', () => {
  test('reads every unit without a word', async () => {
    // A root with the units, the programs that they start, and systemd's own units, which they refer to.
    mkdirSync(join(scratch, 'usr/local/bin'), { recursive: true });
    cpSync('/usr/lib/systemd/system', join(scratch, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
    cpSync(folder, join(scratch, 'etc/systemd/system'), { recursive: true });
    for (const name of ['presage', 'presage-exporter']) {
      writeFileSync(join(scratch, 'usr/local/bin', name), '#!/bin/sh\n');
      chmodSync(join(scratch, 'usr/local/bin', name), 0o755);
    }
    const verified = await execute('systemd-analyze', [`--root=${scratch}`, 'verify', ...units.map((unit) => unit.replace('@.', '@1.'))]);
    expect(verified.output + verified.errors).toBe('');
  });

  // Its measure goes from 0 (nothing can be reached) to 10; `--threshold` counts in tenths.
  test.each(services)('finds %s little exposed', async (unit) => {
    const words = ['security', '--offline=true', '--no-pager', '--threshold=25', join(folder, unit)];
    const { code, output } = await execute('systemd-analyze', words, { accept: [1] });
    expect({ code, output }).toMatchObject({ code: 0 });
  });
});
