import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { forecasters } from '../forecasters/index.ts';
import { faulty } from './faulty-fits.fixture.ts';
import type { FitExecutor, FitJob, FitOutcome } from './fit-job.ts';
import { createInProcess } from './in-process.ts';
import { jobOf } from './job.fixture.ts';
import { createThreads, type ThreadsOptions } from './threads.ts';
import { builtFits } from './worker.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-fits-'));
const clock = () => performance.now() / 1000;
let sound: URL;
let faultyWorker: URL;
beforeAll(async () => {
  sound = await builtFits('fit.worker.ts', folder);
  faultyWorker = await builtFits('faulty-fits.fixture.ts', folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const made: FitExecutor[] = [];
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});
function threads(worker: URL, options: Partial<ThreadsOptions> = {}): FitExecutor {
  const executor = createThreads({ worker, threads: 2, clock, ...options });
  made.push(executor);
  return executor;
}

const withoutTime = (outcomes: readonly FitOutcome[]) => outcomes.map((outcome) => ({ ...outcome, seconds: 0 }));
const faultsOf = (outcomes: readonly FitOutcome[]) => outcomes.map((outcome) => (outcome.kind === 'fault' ? outcome.fault : outcome.kind));

describe('a fit in a thread', () => {
  const alone = forecasters.filter(({ forWatch }) => !forWatch);
  it('is the same to the last bit as one made here, of every forecaster, with its time zone, holidays and what it chose before', async () => {
    const zoned = { timezone: 'America/New_York', holidays: [[20_717, 'a free day']] as const };
    const first = alone.map(({ name }) => jobOf({ forecaster: name, ...zoned }));
    const here = createInProcess(clock);
    const found = await here.fit(first);
    const again = found.flatMap((outcome, i): readonly FitJob[] => {
      if (outcome.kind !== 'fit') throw new Error(`${first[i].terms.forecaster}: ${faultsOf([outcome]).join()}`);
      return outcome.fit.choice ? [{ ...first[i], previous: outcome.fit.choice }] : [];
    });
    expect(again).toHaveLength(1);
    const there = threads(sound);
    expect(withoutTime(await there.fit(first))).toEqual(withoutTime(found));
    expect(withoutTime(await there.fit(again))).toEqual(withoutTime(await here.fit(again)));
  }, 120_000);

  it('that the model refuses is the fault of its job alone, as is a forecaster that no thread knows', async () => {
    const young = { ...jobOf(), values: new Float32Array(5), weights: new Uint8Array(5) };
    const outcomes = await threads(sound).fit([jobOf(), young, jobOf({ forecaster: 'lstm' }), jobOf()]);
    expect(faultsOf(outcomes)).toEqual([
      'fit',
      expect.stringMatching(/seasonal-naive: got 0 .*samples/),
      'forecaster: got lstm, want one that fits a series by itself',
      'fit',
    ]);
  }, 60_000);
});

describe('a series that a thread goes wrong at', () => {
  const among = (first: number) => [
    ...Array.from({ length: 5 }, () => jobOf()),
    jobOf({}, first),
    ...Array.from({ length: 5 }, () => jobOf()),
  ];
  const cases = [
    ['hangs', faulty.hangs, 'fit thread: took more than 3 s'],
    ['fills the memory', faulty.fills, /^fit thread: .*memory/],
    ['throws out of turn', faulty.ends, 'fit thread: wrong as a whole'],
  ] as const;
  it.each(cases)(
    'and %s takes no other with it',
    async (_, first, fault) => {
      const outcomes = faultsOf(await threads(faultyWorker, { timeout: 3, memory: 64 }).fit(among(first)));
      expect(outcomes[5]).toMatch(fault);
      expect(outcomes.toSpliced(5, 1)).toEqual(Array.from({ length: 10 }, () => 'fit'));
    },
    60_000,
  );
});

it('more jobs than may wait are refused at once, those that wait are not', async () => {
  const executor = threads(sound, { most: 3 });
  const first = executor.fit([jobOf(), jobOf(), jobOf()]);
  expect(faultsOf(await executor.fit([jobOf()]))).toEqual(['fit threads: 3 fits wait already, want at most 3']);
  expect(faultsOf(await first)).toEqual(['fit', 'fit', 'fit']);
}, 60_000);

it('an executor that is closed ends what is under way, and what comes after', async () => {
  const executor = threads(faultyWorker);
  const hanging = executor.fit([jobOf({}, faulty.hangs), jobOf()]);
  await executor.close();
  expect(faultsOf(await hanging)).toEqual(['ended', 'ended']);
  expect(faultsOf(await executor.fit([jobOf()]))).toEqual(['ended']);
}, 60_000);
