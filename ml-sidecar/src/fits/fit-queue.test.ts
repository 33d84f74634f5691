import { expect, it } from 'vitest';
import type { FitExecutor, FitJob } from './fit-job.ts';
import { createFitQueue, type FitRequest } from './fit-queue.ts';
import { createInProcess } from './in-process.ts';
import { jobOf } from './job.fixture.ts';

/** Makes fits here and tells of whom they were, some at a time. */
function watched(room: number): FitExecutor & { readonly turns: string[]; most: number } {
  const here = createInProcess(() => 0);
  let under = 0;
  const turns: string[] = [];
  const executor = {
    ...here,
    room,
    turns,
    most: 0,
    async fit(jobs: readonly FitJob[]) {
      executor.most = Math.max(executor.most, (under += jobs.length));
      executor.turns.push(`${jobs[0].terms.watch}${jobs.length}`);
      await new Promise((resolve) => setImmediate(resolve));
      under -= jobs.length;
      return here.fit(jobs);
    },
  };
  return executor;
}

const requestOf = (watch: string): FitRequest => ({ watch, job: () => jobOf({ watch }) });

it('watches take turns: one with many fits keeps no other waiting', async () => {
  const executor = watched(16);
  const queue = createFitQueue(executor);
  const all = ['large', 'small', 'tiny'].flatMap((watch) =>
    Array.from({ length: { large: 100, small: 20, tiny: 1 }[watch] ?? 0 }, () => queue.fit(requestOf(watch))),
  );
  const outcomes = await Promise.all(all);
  expect(outcomes.every(({ kind }) => kind === 'fit')).toBe(true);
  expect(executor.turns).toEqual([
    'large16',
    'small16',
    'tiny1',
    'large16',
    'small4',
    'large16',
    'large16',
    'large16',
    'large16',
    'large4',
  ]);
});

it('no more is handed over than there is room for, and jobs are made when their turn has come', async () => {
  const executor = watched(4);
  const queue = createFitQueue(executor);
  let made = 0;
  const request = (): FitRequest => ({ watch: 'w', job: () => (made++, jobOf()) });
  const all = Array.from({ length: 30 }, () => queue.fit(request()));
  await Promise.resolve();
  expect([made, queue.running, queue.waiting]).toEqual([4, 4, 26]);
  await Promise.all(all);
  expect([made, executor.most, queue.running, queue.waiting]).toEqual([30, 4, 0, 0]);
});

it('what is urgent goes before all that waits', async () => {
  const executor = watched(1);
  const queue = createFitQueue(executor);
  const order: string[] = [];
  const asked = ['a', 'b', 'c', 'd'].map((watch) => ({ watch, request: requestOf(watch) }));
  const all = asked.map(({ watch, request }) => queue.fit(request).then(() => order.push(watch)));
  queue.hurry(asked[3].request);
  await Promise.all(all);
  expect(order).toEqual(['d', 'a', 'b', 'c']);
});
