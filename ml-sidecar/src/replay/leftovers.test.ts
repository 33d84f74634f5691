import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROMETHEUS_FILE, takeWorkFolder, WorkFolderError } from './leftovers.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'presage-work-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A machine on which these processes run; `ended` collects those that are asked to end. */
const machine = (running: Readonly<Record<number, string>>, ended: number[] = []) => ({
  own: 100,
  commandOf: (id: number) => running[id],
  end: (id: number) => void ended.push(id),
});

test('a folder that another replay works in is refused, and given back it is free', () => {
  const give = takeWorkFolder(folder, machine({}));
  expect(readFileSync(join(folder, 'replay.pid'), 'utf8')).toBe('100\n');
  const other = { ...machine({ 100: 'node presage replay --from=-14d' }), own: 101 };
  expect(() => takeWorkFolder(folder, other)).toThrow(WorkFolderError);
  give();
  expect(() => takeWorkFolder(folder, other)).not.toThrow();
});

test('the number of a replay that was killed may belong to another program by now', () => {
  takeWorkFolder(folder, machine({}));
  expect(() => takeWorkFolder(folder, { ...machine({ 100: 'vim notes' }), own: 101 })).not.toThrow();
});

test.each([
  ['its Prometheus is ended', 'prometheus --storage.tsdb.path=work/store-x/tsdb', [7]],
  ['a stranger with its number is left alone', 'sleep 60', []],
])('what a killed replay left is removed, and %s', (_, command, wanted) => {
  const store = join(folder, 'store-x');
  mkdirSync(store);
  writeFileSync(join(store, PROMETHEUS_FILE), '7\n');
  writeFileSync(join(folder, 'cpu-1.checkpoint'), '');
  const ended: number[] = [];
  takeWorkFolder(folder, machine({ 7: command }, ended));
  expect(ended).toEqual(wanted);
  expect(existsSync(store)).toBe(false);
  expect(existsSync(join(folder, 'cpu-1.checkpoint'))).toBe(true);
});
