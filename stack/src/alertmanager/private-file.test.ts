import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { writePrivateFile } from './private-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'presage-private-'));
  file = path.join(folder, 'a.yml');
});

const mode = (): number => statSync(file).mode & 0o777;

test('its owner alone may read it', () => {
  writePrivateFile(file, 'hush');
  expect([readFileSync(file, 'utf8'), mode(), readdirSync(folder)]).toEqual(['hush', 0o600, ['a.yml']]);
});

test('also where one stood that everybody may read', () => {
  writeFileSync(file, 'old', { mode: 0o644 });
  writePrivateFile(file, 'hush');
  expect([readFileSync(file, 'utf8'), mode()]).toEqual(['hush', 0o600]);
});

test('a link left in its way is not followed', () => {
  const elsewhere = path.join(folder, 'elsewhere');
  symlinkSync(elsewhere, `${file}.new`);
  writePrivateFile(file, 'hush');
  expect(readdirSync(folder)).toEqual(['a.yml']);
});

test('without its folder it is an error', () => {
  expect(() => writePrivateFile(path.join(folder, 'none', 'a.yml'), 'hush')).toThrow(/ENOENT/);
});
