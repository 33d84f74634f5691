import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { answers, waitFor } from '../wait.ts';
import { Child, type ChildPlan, lastLines } from './child.ts';
import { commandLineOf } from './command-line.ts';

const children: Child[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.stop();
});

test('a child is ready once it answers, and is gone once it is stopped', async () => {
  const { child } = await newChild(serving);
  await child.start();
  const pid = Number(child.pid);
  expect(await answers(child.plan.readyUrl)).toBe(true);
  expect(commandLineOf(pid, process.platform)).toBe([child.plan.command, ...child.plan.args].join(' '));
  await child.stop();
  expect(commandLineOf(pid, process.platform)).toBeUndefined();
});

test('a child that is killed is started again, and says so', async () => {
  const { child, said, starts } = await newChild(serving);
  await child.start();
  const first = child.pid;
  child.signal('SIGKILL');
  await waitFor(() => Promise.resolve(said.some((line) => line.includes('is ready again')) || undefined), {
    what: 'the restart',
    deadline: 15,
  });
  expect(child.pid).not.toBe(first);
  expect(starts()).toBe(2);
  expect(said[0]).toMatch(/^test ended with SIGKILL; starting it again in 1 s \(see .*test\.log\)$/);
  expect(said[1]).toMatch(/^test is ready again, \d+\.\d s after its restart$/);
});

test('a child that ends at its first start fails with the end of its log and is not restarted', async () => {
  const { child, starts } = await newChild(`console.error('flag --what is unknown'); process.exit(3)`);
  await expect(child.start()).rejects.toThrow(/test ended with exit code 3 before it was ready.*flag --what is unknown/s);
  await child.stop();
  expect(starts()).toBe(1);
});

test('a program that does not exist fails with its name', async () => {
  const { child } = await newChild(serving, { command: '/nonexistent/program' });
  await expect(child.start()).rejects.toThrow(/could not be started .*\/nonexistent\/program/);
});

test('a child that never answers fails when its deadline has passed', async () => {
  const { child } = await newChild(`setInterval(() => {}, 1000)`, { startDeadline: 0.3 });
  await expect(child.start()).rejects.toThrow(/test was not ready within 0.3 s/);
});

test('a child that ignores SIGTERM is killed, and what it started goes with it', async () => {
  const grandchild = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid`;
  const { child, folder } = await newChild(
    `process.on('SIGTERM', () => {}); require('fs').writeFileSync('pid', String(${grandchild})); ${serving}`,
    {
      stopDeadline: 0.3,
    },
  );
  await child.start();
  const pids = [Number(child.pid), Number(readFileSync(path.join(folder, 'pid'), 'utf8'))];
  await child.stop();
  await waitFor(() => Promise.resolve(pids.every((pid) => commandLineOf(pid, process.platform) === undefined) || undefined), {
    what: 'both to end',
    deadline: 5,
  });
  expect(pids.map((pid) => commandLineOf(pid, process.platform))).toEqual([undefined, undefined]);
});

test('a log of more than 10 MB is put aside before the next start', async () => {
  const { child } = await newChild(serving);
  writeFileSync(child.plan.log, 'x'.repeat(10_000_001));
  await child.start();
  expect(existsSync(`${child.plan.log}.1`)).toBe(true);
  expect(lastLines(child.plan.log)).toMatch(/^ {2}$/);
});

const serving = `require('http').createServer((q, r) => r.end()).listen(Number(process.argv.at(-1)), '127.0.0.1')`;

async function newChild(code: string, changes: Partial<ChildPlan> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'presage-child-'));
  const port = await freePort();
  const said: string[] = [];
  let count = 0;
  const plan: ChildPlan = {
    name: 'test',
    command: process.execPath,
    args: ['-e', code, String(port)],
    folder,
    environment: process.env,
    log: path.join(folder, 'test.log'),
    readyUrl: `http://127.0.0.1:${port}/`,
    startDeadline: 10,
    stopDeadline: 5,
    ...changes,
  };
  const child = new Child(plan, { started: () => count++, say: (line) => said.push(line) });
  children.push(child);
  return { child, folder, said, starts: () => count };
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? 0 : address.port));
    });
  });
}
