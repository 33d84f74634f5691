import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { FitJob } from '../../ml-sidecar/src/fits/fit-job.ts';
import { createFitQueue, type FitRequest } from '../../ml-sidecar/src/fits/fit-queue.ts';
import { createInProcess } from '../../ml-sidecar/src/fits/in-process.ts';
import { jobOf, terms } from '../../ml-sidecar/src/fits/job.fixture.ts';
import { createLease } from '../../ml-sidecar/src/fleet/lease.ts';
import { createModelStore } from '../../ml-sidecar/src/fleet/model-store.ts';
import { shareFits } from '../../ml-sidecar/src/fleet/shared-fits.ts';
import { startRedis } from './started-parts.ts';
import { type StartedProgram, until } from './started-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-replicas-'));
let server: StartedProgram;
let closing: { close(): unknown }[] = [];

beforeAll(async () => {
  server = await startRedis(folder);
});

afterEach(async () => {
  for (const one of closing.reverse()) await one.close();
  closing = [];
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** One of the replicas of a group. */
function replica(group: string) {
  const redis = new Redis(server.port, '127.0.0.1');
  redis.on('error', () => {});
  closing.push({ close: () => redis.disconnect() });
  const keys = { key: `${group}:lease`, tokenKey: `${group}:token` };
  const lease = createLease({ redis, ...keys, holder: crypto.randomUUID(), ttlMs: 2000 });
  closing.push(lease);
  const here = createInProcess(() => 0);
  const made: number[] = [];
  const own = createFitQueue({ ...here, fit: (jobs: readonly FitJob[]) => (made.push(jobs.length), here.fit(jobs)) });
  const results: string[] = [];
  const store = createModelStore({ redis, modelsKey: (watch) => `${group}:models:${watch}`, tokenKey: keys.tokenKey });
  const fits = shareFits({
    own,
    lease,
    store,
    sleep: (seconds) => sleep(seconds * 1000),
    patience: 3,
    onFit: (result) => results.push(result),
  });
  return { redis, lease, store, fits, made, results };
}

const every = 6 * terms.step;

/** A request for the fit of a series whose newest value is `steps` after that of the fixture. */
function requestAt(steps: number, key = 'series'): FitRequest {
  const job = jobOf();
  const start = job.start + steps * terms.step;
  const origin = start + (job.values.length - 1) * terms.step;
  return { watch: 'w', job: () => ({ ...job, start }), place: { watch: 'w', key, origin, step: terms.step, every } };
}

/** Two replicas, the first of which leads. */
async function pair(group: string) {
  const leader = replica(group);
  await until(() => leader.lease.token() !== undefined, 60, 'a leader');
  return { leader, follower: replica(group) };
}

it('lets one lead, and another one under a higher token once it is gone', async () => {
  const { leader, follower } = await pair('lead');
  const first = leader.lease.token() ?? 0;
  await sleep(4000);
  expect([leader.lease.token(), follower.lease.token()]).toEqual([first, undefined]);
  leader.redis.disconnect();
  await until(() => follower.lease.token() !== undefined, 60, 'the next leader');
  expect(leader.lease.token()).toBeUndefined();
  expect(follower.lease.token()).toBeGreaterThan(first);
});

it('takes up the fit of the leader: the same one, also one that comes late, and the one in force between two', async () => {
  const { leader, follower } = await pair('take');
  const wanted = await leader.fits.fit(requestAt(0));
  await until(() => leader.results.length === 1, 60, 'a fit in the store');
  expect({ ...(await follower.fits.fit(requestAt(0))), seconds: 0 }).toEqual({ ...wanted, seconds: 0 });
  expect(await follower.fits.fit(requestAt(2))).toMatchObject({
    fit: {
      start: wanted.kind === 'fit' ? wanted.fit.start + 2 * terms.step : 0,
      rows: wanted.kind === 'fit' ? wanted.fit.rows.map((row) => row.subarray(2)) : [],
    },
  });
  // The leader makes it while the follower waits.
  const late = follower.fits.fit(requestAt(6));
  await leader.fits.fit(requestAt(6));
  expect((await late).kind).toBe('fit');
  expect([follower.made, follower.results]).toEqual([[], ['taken', 'taken', 'taken']]);
});

it('makes the fits itself that the leader has not', async () => {
  const { leader, follower } = await pair('alone');
  expect((await follower.fits.fit(requestAt(0, 'unknown'))).kind).toBe('fit');
  await leader.fits.fit(requestAt(0));
  await until(() => leader.results.length === 1, 60, 'a fit in the store');
  expect((await follower.fits.fit(requestAt(6))).kind).toBe('fit');
  expect((await follower.fits.fit(requestAt(30))).kind).toBe('fit');
  follower.redis.disconnect();
  expect((await follower.fits.fit(requestAt(0))).kind).toBe('fit');
  expect(follower.made).toEqual([1, 1, 1, 1]);
});

it('refuses an older version, and a writer whose lease has gone to another', async () => {
  const { leader, follower } = await pair('fence');
  const outcome = await createInProcess(() => 0).fit([jobOf()]);
  if (outcome[0].kind !== 'fit') throw new Error('no fit');
  const { fit } = outcome[0];
  const token = leader.lease.token() ?? 0;
  const name = { watch: 'w', key: 'series' };
  expect(await leader.store.publish(name, 2000, fit, token)).toBe('published');
  expect(await leader.store.publish(name, 2000, fit, token)).toBe('older');
  expect(await leader.store.publish(name, 1000, fit, token)).toBe('older');
  await leader.lease.close();
  await until(() => follower.lease.token() !== undefined, 60, 'the next leader');
  expect(await leader.store.publish(name, 3000, fit, token)).toBe('stale_writer');
  expect(await follower.store.publish(name, 3000, fit, follower.lease.token() ?? 0)).toBe('published');
  expect((await leader.store.read(name))?.origin).toBe(3000);
});
