import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Refusal, takeNewest } from './generations.ts';
import { onlySection, writeStateFile } from './state-file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'presage-generations-'));
  path = join(folder, 'cpu.state');
});
afterEach(() => rmSync(folder, { recursive: true }));

const save = (header: unknown) => writeStateFile(path, [{ header, columns: [Float64Array.of(1, 2, 3)] }]);

const spoil = (file: string, how: 'torn' | 'flipped') => {
  const bytes = readFileSync(file);
  // A new file: the other generation may be the same one under a second name.
  rmSync(file);
  writeFileSync(file, how === 'torn' ? bytes.subarray(0, bytes.length / 2) : bytes.map((byte, i) => (i === 30 ? byte ^ 8 : byte)));
};

async function read(refuses?: string) {
  const refusals: Refusal[] = [];
  let got: unknown;
  const taken = await takeNewest(
    path,
    (sections) => {
      const { header } = onlySection(sections);
      if (header === refuses) throw new RangeError('not for me');
      got = header;
    },
    (refusal) => refusals.push(refusal),
  );
  return { taken, got, refusals };
}

test('nothing saved is nothing taken', async () => {
  expect(await read()).toEqual({ taken: 'absent', got: undefined, refusals: [] });
});

test('the newest is taken where it is whole', async () => {
  await save('old');
  await save('new');
  expect(await read()).toEqual({ taken: 'newest', got: 'new', refusals: [] });
});

test.each(['torn', 'flipped'] as const)(
  'a %s newest file goes aside, and the one before it is taken and becomes the newest',
  async (how) => {
    await save('older');
    await save('old');
    await save('new');
    spoil(path, how);
    const { taken, got, refusals } = await read();
    expect([taken, got]).toEqual(['previous', 'old']);
    expect(refusals).toEqual([{ path, aside: `${path}.refused`, err: expect.stringContaining('got a torn or changed file') }]);
    // Whatever happens next, the spoilt one is no generation any more.
    expect(await read()).toEqual({ taken: 'newest', got: 'old', refusals: [] });
    await save('newer');
    spoil(path, how);
    expect(await read()).toMatchObject({ taken: 'previous', got: 'old' });
  },
);

test('one that is whole and does not fit is passed over in the same way', async () => {
  await save('old');
  await save('new');
  expect(await read('new')).toMatchObject({ taken: 'previous', got: 'old', refusals: [{ err: 'not for me' }] });
});

test('nothing is taken where both are spoilt, and both refusals are told', async () => {
  await save('old');
  await save('new');
  spoil(path, 'torn');
  spoil(`${path}.1`, 'flipped');
  const { taken, got, refusals } = await read();
  expect([taken, got, refusals.length]).toEqual(['none', undefined, 2]);
  expect(existsSync(path)).toBe(false);
  await save('fresh');
  expect(await read()).toMatchObject({ taken: 'newest', got: 'fresh' });
});

test('a start that died between putting aside and taking up loses nothing', async () => {
  await save('old');
  await save('new');
  rmSync(path);
  expect(await read()).toEqual({ taken: 'previous', got: 'old', refusals: [] });
});

test('a write that fails leaves both generations and no other file', async () => {
  await save('old');
  await save('new');
  const unwritable = [
    { header: 'newer', columns: [] },
    { header: 1n, columns: [] },
  ];
  await expect(writeStateFile(path, unwritable)).rejects.toThrow(TypeError);
  expect(readdirSync(folder).sort()).toEqual(['cpu.state', 'cpu.state.1']);
});
