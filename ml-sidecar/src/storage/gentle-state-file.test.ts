import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeStateFileGently } from './gentle-state-file.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-gentle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = [
  Float64Array.from({ length: 300_000 }, (_, i) => i / 7),
  Float32Array.from({ length: 11 }, (_, i) => i),
  Uint8Array.of(1, 2, 3),
  new Float32Array(0),
];
const header = { name: 'ü', list: Array.from({ length: 50_000 }, (_, i) => i) };
const pieces = {
  *header() {
    const text = JSON.stringify(header);
    for (let at = 0; at < text.length; at += 1000) yield text.slice(at, at + 1000);
  },
  columns: () => columns,
};

test('what is written little by little is the same file, byte for byte, and others get their turn', async () => {
  let turns = 0;
  await writeStateFileGently(
    join(folder, 'gentle'),
    pieces,
    () => void turns++,
    () => true,
  );
  writeStateFile(join(folder, 'at-once'), { header, columns });
  expect(readFileSync(join(folder, 'gentle')).equals(readFileSync(join(folder, 'at-once')))).toBe(true);
  expect(readStateFile(join(folder, 'gentle'))).toEqual({ header, columns });
  expect(turns).toBeGreaterThan(3);
});

test('no columns are a whole file, too', async () => {
  await writeStateFileGently(
    join(folder, 'none'),
    { header: () => ['{}'], columns: () => [] },
    () => undefined,
    () => true,
  );
  expect(readStateFile(join(folder, 'none'))).toEqual({ header: {}, columns: [] });
});

test('a state that was saved by another way meanwhile stays, and nothing is left behind', async () => {
  const path = join(folder, 'overtaken');
  let saved = false;
  const giveWay = () => {
    if (!saved) writeStateFile(path, { header: 'newer', columns: [] });
    saved = true;
    return undefined;
  };
  await writeStateFileGently(path, pieces, giveWay, () => !saved);
  expect(readStateFile(path)?.header).toBe('newer');
  expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
});

test('what cannot be told leaves the old file', async () => {
  const path = join(folder, 'kept');
  writeStateFile(path, { header: 'old', columns: [] });
  const broken = {
    ...pieces,
    *columns() {
      yield columns[0];
      throw new RangeError('no more');
    },
  };
  await expect(
    writeStateFileGently(
      path,
      broken,
      () => undefined,
      () => true,
    ),
  ).rejects.toThrow('no more');
  expect(readStateFile(path)?.header).toBe('old');
});
