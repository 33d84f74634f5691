import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { encoded, StateFileError, type StateSection } from './section.ts';
import { prepareStateFile, readStateFile, writeStateFile } from './state-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-state-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = seededRandom(7);
const sections: readonly StateSection[] = [
  { header: { name: 'ü', series: 2 }, columns: [] },
  ...[3, 40].map((length) => ({
    header: { length, text: 'x'.repeat(length) },
    columns: [
      Float64Array.of(1, NaN, -Infinity, 1e300),
      Uint8Array.of(1, 2, 3),
      Float32Array.from({ length }, random),
      new Float64Array(0),
      Uint8Array.from({ length }, (_, i) => i),
      Float64Array.from({ length }, random),
    ],
  })),
];
/** A piece holds until the next is asked for. */
const piecesOf = (list: typeof sections) => Array.from(encoded(list), (piece) => Buffer.from(piece));
/** Magic, three sections, end. */
const pieces = piecesOf(sections);
const whole = Buffer.concat(pieces);

const readAll = (path: string) => [...(readStateFile(path) ?? [])];
const givesWay = () => undefined;

/** What reading a file of these bytes gives. */
function readBytes(bytes: Buffer): readonly StateSection[] {
  const path = join(folder, 'bytes.state');
  writeFileSync(path, bytes);
  return readAll(path);
}

test('what was written is read back', async () => {
  const path = join(folder, 'deep', 'a.state');
  await writeStateFile(path, sections);
  expect(readAll(path)).toEqual(sections);
  expect(readFileSync(path).equals(whole)).toBe(true);
});

test('no file is no state, and a state may have no sections', async () => {
  expect(readStateFile(join(folder, 'none.state'))).toBeUndefined();
  const path = join(folder, 'empty.state');
  await writeStateFile(path, []);
  expect(readAll(path)).toEqual([]);
});

test('a newer state replaces the older one', async () => {
  const path = join(folder, 'b.state');
  await writeStateFile(path, sections);
  await writeStateFile(path, [{ header: 'newer', columns: [] }]);
  expect(readAll(path)).toEqual([{ header: 'newer', columns: [] }]);
});

test('sections are handed over before what follows is read', () => {
  const path = join(folder, 'flipped-late.state');
  const bytes = Buffer.from(whole);
  bytes[whole.length - pieces[4].length - 8] ^= 1;
  writeFileSync(path, bytes);
  const seen: unknown[] = [];
  expect(() => {
    for (const { header } of readStateFile(path) ?? []) seen.push(header);
  }).toThrow(StateFileError);
  expect(seen).toEqual([sections[0].header, sections[1].header]);
});

/** Those of the ways to spoil the file that reading does not find. */
function unfound(spoilt: Iterable<readonly [name: string, bytes: Buffer]>): readonly string[] {
  return [...spoilt].filter(([, bytes]) => !isRefused(bytes)).map(([name]) => name);
}

function isRefused(bytes: Buffer): boolean {
  try {
    readBytes(bytes);
    return false;
  } catch (error) {
    return error instanceof StateFileError && error.message.startsWith(join(folder, 'bytes.state'));
  }
}

test('a file torn anywhere is refused by name', () => {
  const torn = Array.from({ length: whole.length }, (_, length) => [`${length} bytes`, whole.subarray(0, length)] as const);
  expect(unfound(torn)).toEqual([]);
  expect(unfound([['whole', whole]])).toEqual(['whole']);
});

test('a bit flipped anywhere is found', () => {
  const flipped = Array.from(whole, (byte, at) => {
    const bit = Math.floor(8 * random());
    const bytes = Buffer.from(whole);
    bytes[at] = byte ^ (1 << bit);
    return [`bit ${bit} of byte ${at}`, bytes] as const;
  });
  expect(unfound(flipped)).toEqual([]);
});

test('a block that was never written, or is one of an older file, is found', () => {
  const other = sections.map((one) => ({ ...one, columns: one.columns.map((column) => column.map(() => 1)) }));
  const older = Buffer.concat(piecesOf(other));
  expect(older.length).toBe(whole.length);
  const stale = Array.from({ length: Math.floor(whole.length / 64) }, (_, block) =>
    [Buffer.alloc(64), older.subarray(64 * block, 64 * block + 64)].map((bytes) => {
      const spoilt = Buffer.from(whole);
      spoilt.set(bytes, 64 * block);
      return [`block ${block}`, spoilt] as const;
    }),
  ).flat();
  const changed = stale.filter(([, bytes]) => !bytes.equals(whole));
  expect(changed.length).toBeGreaterThan(20);
  expect(unfound(changed)).toEqual([]);
});

const [start, first, second, third, end] = pieces;
test.each([
  ['without its end', [start, first, second, third]],
  ['without its first section', [start, second, third, end]],
  ['without one in its midst', [start, first, third, end]],
  ['without its last section', [start, first, second, end]],
  ['with one twice', [start, first, second, second, third, end]],
  ['in another order', [start, first, third, second, end]],
  ['with more after its end', [...pieces, end]],
  ['with sections of another file', [start, first, second, piecesOf(sections.slice(2))[1], end]],
  ['of the version before', [Buffer.from('PRESAGE1'), first, second, third, end]],
  ['that is something else', [Buffer.from('not a state file, and long enough to be looked into at all')]],
])('a file %s is refused', (_, parts) => {
  expect(() => readBytes(Buffer.concat(parts))).toThrow(StateFileError);
});

test('each section is asked for right before it is written, and others get their turn between', async () => {
  const order: string[] = [];
  function* asked(): Generator<StateSection> {
    for (const section of sections) {
      order.push('asked');
      yield section;
    }
  }
  const giveWay = async (): Promise<void> => void order.push('gave way');
  const written = await prepareStateFile(join(folder, 'gentle.state'), join(folder, 'gentle.tmp'), asked(), giveWay);
  // After the magic, each section and the end.
  const each = ['asked', 'gave way'];
  expect(order).toEqual(['gave way', ...each, ...each, ...each, 'gave way']);
  expect(readdirSync(folder).filter((name) => name.startsWith('gentle'))).toEqual(['gentle.tmp']);
  await written.commit();
  expect(readAll(join(folder, 'gentle.state'))).toEqual(sections);
});

test('what is dropped, or cannot be told, leaves the old file and nothing else', async () => {
  const path = join(folder, 'kept.state');
  const temporary = join(folder, 'kept.tmp');
  await writeStateFile(path, [{ header: 'old', columns: [] }]);
  await (await prepareStateFile(path, temporary, sections, givesWay)).drop();
  function* broken(): Generator<StateSection> {
    yield sections[1];
    throw new RangeError('no more');
  }
  await expect(prepareStateFile(path, temporary, broken(), givesWay)).rejects.toThrow('no more');
  expect(readAll(path)).toEqual([{ header: 'old', columns: [] }]);
  expect(readdirSync(folder).filter((name) => name.startsWith('kept'))).toEqual(['kept.state']);
});

test('a file left half written under a second name of the old one harms neither', async () => {
  const path = join(folder, 'linked.state');
  await writeStateFile(path, [{ header: 'old', columns: [] }]);
  linkSync(path, `${path}.tmp`);
  const written = await prepareStateFile(path, `${path}.tmp`, sections, givesWay);
  expect(readAll(path)).toEqual([{ header: 'old', columns: [] }]);
  await written.drop();
});
