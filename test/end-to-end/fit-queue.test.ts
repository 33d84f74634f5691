import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FitExecutor, FitJob, FitOutcome } from '../../ml-sidecar/src/fits/fit-job.ts';
import { createInProcess } from '../../ml-sidecar/src/fits/in-process.ts';
import { jobOf } from '../../ml-sidecar/src/fits/job.fixture.ts';
import { createQueueExecutor, type QueueExecutor, type QueueExecutorOptions } from '../../ml-sidecar/src/fleet/queue-executor.ts';
import { queueAddress } from '../../ml-sidecar/src/fleet/queue-address.ts';
import { queueValues } from '../../ml-sidecar/src/fleet/queue-values.fixture.ts';
import { startRedis, startWorker } from './started-parts.ts';
import { type StartedProgram, until } from './started-program.ts';

const password = 'Very-Secret-42';
const folder = mkdtempSync(join(tmpdir(), 'presage-queue-'));
const passwordFile = join(folder, 'password');
const clock = (): number => performance.now() / 1000;
let redis: StartedProgram;
let closing: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  writeFileSync(passwordFile, `${password}\n`);
  redis = await startServer();
});

afterEach(async () => {
  for (const one of closing.reverse()) await one.close();
  closing = [];
});

afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

const jobs = Array.from({ length: 120 }, (_, i) => jobOf({ watch: i % 2 === 0 ? 'even' : 'odd', forecaster: 'theta' }, 5 + i));
const withoutTime = (outcomes: readonly FitOutcome[]) => outcomes.map((outcome) => ({ ...outcome, seconds: 0 }));

it('gives what this thread would have, whoever of the workers made it, and says no password', async () => {
  const wanted = withoutTime(await createInProcess(clock).fit(jobs));
  const workers = [await worker('file'), await worker('environment')];
  const { executor, counted } = await ready({ batch: 10 }, 2);
  expect(withoutTime(await fitInTurns(executor))).toEqual(wanted);
  expect(counted).toEqual({ workers: jobs.length });
  const made = await Promise.all(workers.map(fitsOf));
  expect(made.reduce((sum, one) => sum + one, 0)).toBe(jobs.length);
  expect(Math.min(...made)).toBeGreaterThan(0);
  const pages = await Promise.all(workers.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  expect(pages.join('')).not.toContain(password);
});

it('makes every fit although a worker is killed with a batch in its hands', async () => {
  const victim = await worker('file');
  const { executor, counted } = await ready({ batch: 20 }, 1);
  const outcomes = executor.fit(slow(jobs));
  await until(isUnderWay, 60, 'a batch under way');
  await victim.stop('SIGKILL');
  await worker('environment');
  const found = await outcomes;
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['fit']));
  expect(Object.values(counted).reduce((sum, one) => sum + one, 0)).toBe(slow(jobs).length);
});

it('makes fits itself while there is no worker or no Redis, and gives them back to workers', { timeout: 120_000 }, async () => {
  const { executor, counted, modes, own } = await started({ batch: 20, patience: 3 });
  await until(() => modes.length > 0, 60, 'a look at the queue');
  expect(modes).toEqual(['own: no worker is there']);
  expect(await kindsOf(executor.fit(jobs.slice(0, 5)))).toEqual(['fit']);
  expect(own.fits).toBe(5);

  await worker('file');
  await until(() => modes.at(-1) === 'workers: ', 60, 'a worker');
  const outcomes = executor.fit(slow(jobs));
  await until(isUnderWay, 60, 'a batch under way');
  await redis.stop('SIGKILL');
  expect(await kindsOf(outcomes)).toEqual(['fit']);
  expect(counted['redis']).toBeGreaterThan(0);
  expect(modes.at(-1)).toMatch(/^own: Redis is away: /);
  expect(modes.join()).not.toContain(password);

  // Empty, as nothing was on its disk.
  redis = await startServer(redis.port);
  await until(() => modes.at(-1) === 'workers: ', 60, 'workers again');
  const before = own.fits;
  expect(await kindsOf(executor.fit(jobs))).toEqual(['fit']);
  expect(own.fits).toBe(before);
});

/** More fits, of some milliseconds each, so that there is time to break something while they are made. */
function slow(all: readonly FitJob[]): readonly FitJob[] {
  return Array.from({ length: 10 }, () => all.map((job) => ({ ...job, terms: { ...job.terms, forecaster: 'auto' } }))).flat();
}

/** Whether a worker has a batch in its hands, by BullMQ's own list. */
async function isUnderWay(): Promise<boolean> {
  const client = new Redis(redis.port, '127.0.0.1', { password });
  try {
    return (await client.llen('test:fits:active')) > 0;
  } finally {
    client.disconnect();
  }
}

async function kindsOf(outcomes: Promise<readonly FitOutcome[]>): Promise<readonly string[]> {
  return [...new Set((await outcomes).map(({ kind }) => kind))];
}

/** As a queue of fits hands them over: some at a time. */
async function fitInTurns(executor: FitExecutor): Promise<readonly FitOutcome[]> {
  const turns = Array.from({ length: jobs.length / 6 }, (_, i) => executor.fit(jobs.slice(6 * i, 6 * i + 6)));
  return (await Promise.all(turns)).flat();
}

async function started(options: Partial<QueueExecutorOptions>) {
  const counted: Record<string, number> = {};
  const modes: string[] = [];
  const inProcess = createInProcess(clock);
  const own = { ...inProcess, fits: 0, fit: (some: readonly FitJob[]) => ((own.fits += some.length), inProcess.fit(some)) };
  const executor: QueueExecutor = createQueueExecutor({
    address: address('file'),
    own,
    clock,
    onMode: (mode, why) => modes.push(`${mode}: ${why}`),
    onBatch: (result, fits) => (counted[result] = (counted[result] ?? 0) + fits),
    ...options,
  });
  closing.push(executor);
  return { executor, counted, modes, own };
}

async function ready(options: Partial<QueueExecutorOptions>, workers: number) {
  const all = await started(options);
  await until(() => all.executor.view().workers === workers, 60, `${workers} workers`);
  return all;
}

function address(from: 'file' | 'environment') {
  const flags = queueValues({
    queue: `redis://127.0.0.1:${redis.port}`,
    'queue.password-file': from === 'file' ? passwordFile : '',
    'queue.prefix': 'test',
  });
  return queueAddress(flags, { PRESAGE_QUEUE_PASSWORD: password })!;
}

async function worker(from: 'file' | 'environment'): Promise<StartedProgram> {
  const login = from === 'file' ? [`--queue.password-file=${passwordFile}`] : [];
  const begun = await startWorker({
    flags: [`--queue=redis://127.0.0.1:${redis.port}`, '--queue.prefix=test', ...login],
    environment: { PRESAGE_QUEUE_PASSWORD: from === 'file' ? 'wrong' : password },
  });
  closing.push({ close: () => begun.stop() });
  return begun;
}

async function fitsOf({ url }: StartedProgram): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^presage_worker_fits_total\{result="success"\} (\d+)/m.exec(page)?.[1] ?? 0);
}

const startServer = (port?: number): Promise<StartedProgram> => startRedis(folder, { port, flags: ['--requirepass', password] });
