import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { commandLineOf } from './command-line.ts';
import { endLeftovers, readPidFile, type Running, writePidFile } from './pid-file.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

const gone: Running = { name: 'stack', pid: 2 ** 22 - 1, command: 'node stack/dist/main.js start' };

test('what an ended stack left running is ended, in the order of the file', async () => {
  const folder = newFolder();
  const [first, second] = [await sleeper('prometheus'), await sleeper('sidecar')];
  writePidFile(folder, { stack: gone, children: [first, second] });
  expect(await endLeftovers(folder, process.platform)).toEqual(['prometheus', 'sidecar']);
  expect(commandLineOf(first.pid, process.platform)).toBeUndefined();
  expect(commandLineOf(second.pid, process.platform)).toBeUndefined();
  expect(readPidFile(folder)).toBeUndefined();
});

test('a pid that means another program by now is left alone', async () => {
  const folder = newFolder();
  const other = await sleeper('other');
  writePidFile(folder, { stack: gone, children: [{ ...other, command: 'prometheus --config.file=x' }] });
  expect(await endLeftovers(folder, process.platform)).toEqual([]);
  expect(commandLineOf(other.pid, process.platform)).toBe(other.command);
});

test('a stack that still runs is not touched, and the error says how to go on', async () => {
  const folder = newFolder();
  const [stack, child] = [await sleeper('stack'), await sleeper('prometheus')];
  writePidFile(folder, { stack, children: [child] });
  await expect(endLeftovers(folder, process.platform)).rejects.toThrow(`a stack is running from ${folder} already (process ${stack.pid})`);
  expect(commandLineOf(child.pid, process.platform)).toBe(child.command);
});

test.each([
  ['no file', undefined],
  ['a torn file', '{"stack": {"na'],
  ['an empty file', ''],
  ['another form', '{"stack": 1, "children": []}'],
  ['a pid that is no number', '{"stack": {"name": "a", "pid": "1", "command": "b"}, "children": []}'],
])('%s is nothing to end', async (_name, text) => {
  const folder = newFolder();
  if (text !== undefined) writeFileSync(path.join(folder, 'stack.json'), text);
  expect(await endLeftovers(folder, process.platform)).toEqual([]);
});

const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'presage-pid-'));

async function sleeper(name: string): Promise<Running> {
  const args = ['-e', 'setInterval(() => {}, 1000)', name];
  const child = spawn(process.execPath, args, { detached: true, stdio: 'ignore' });
  started.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
  return { name, pid: Number(child.pid), command: [process.execPath, ...args].join(' ') };
}
