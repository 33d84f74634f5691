import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readStateFile, StateFileError, writeStateFile } from './state-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

const content = {
  header: { name: 'cpu', series: 2 },
  columns: [Float64Array.of(1, NaN, -Infinity, 1e300), Uint8Array.of(1, 2, 3), Float32Array.of(0.5, NaN), new Float64Array(0)],
};

test('what was written is read back', () => {
  const path = join(folder, 'deep', 'a.state');
  writeStateFile(path, content);
  expect(readStateFile(path)).toEqual(content);
});

test('no file is no state', () => {
  expect(readStateFile(join(folder, 'none.state'))).toBeUndefined();
});

test('a newer state replaces the older one', () => {
  const path = join(folder, 'b.state');
  writeStateFile(path, content);
  writeStateFile(path, { header: 'newer', columns: [] });
  expect(readStateFile(path)).toEqual({ header: 'newer', columns: [] });
});

const whole = () => {
  const path = join(folder, 'whole.state');
  writeStateFile(path, content);
  return readFileSync(path);
};

test.each([
  ['empty', () => Buffer.alloc(0)],
  ['torn in the head', () => whole().subarray(0, 20)],
  ['torn at the end', () => whole().subarray(0, -1)],
  ['with one bit flipped', () => Buffer.from(whole().map((byte, i) => (i === 60 ? byte ^ 1 : byte)))],
  ['that is something else', () => Buffer.from('not a state file, and long enough to be looked into at all')],
])('a file %s is refused by name', (_, bytes) => {
  const path = join(folder, 'bad.state');
  writeFileSync(path, bytes());
  expect(() => readStateFile(path)).toThrow(StateFileError);
  expect(() => readStateFile(path)).toThrow(path);
});
