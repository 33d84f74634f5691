import { expect, test } from 'vitest';
import { createFitQueue } from '../fits/fit-queue.ts';
import type { FitExecutor } from '../fits/fit-job.ts';
import { endOfAll } from '../fits/fit-job.ts';
import { createInProcess } from '../fits/in-process.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { shapeOf } from './shape.ts';
import { seededRandom } from '../stats/random.ts';
import { LiveWatch } from '../watch/live-watch.ts';
import { takeSnapshot } from '../watch/snapshot.ts';
import { FitsEnded, Watch, type GridValues } from '../watch/watch.ts';

const step = 600;
const options = { pause: () => new Promise<void>((resolve) => setImmediate(resolve)), clock: () => performance.now() / 1000 };

function watchOf(more: string): Watch {
  const parsed = parseConfiguration(
    `prometheus: { url: http://127.0.0.1:9090 }
watches: [{ name: w, expr: up, step: 10m, refit: 30m, history: 4d, horizon: 6h, detector: forecast-residual, ${more} }]`,
    { forecasters: ['auto', 'seasonal-naive'], detectors: ['forecast-residual'], plugins: [] },
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const [settings] = parsed.configuration.watches;
  return new Watch(settings, shapeOf(settings, parsed.configuration.gauges));
}

/** Makes fits here, but lets them come late and in any order. */
function late(seed: number): FitExecutor {
  const here = createInProcess(() => 0);
  const random = seededRandom(seed);
  return {
    ...here,
    room: 64,
    async fit(jobs) {
      const outcomes = await here.fit(jobs);
      for (let wait = Math.floor(random() * 6); wait > 0; wait--) await options.pause();
      return outcomes;
    },
  };
}

const valueAt = (host: number, index: number) =>
  10 + host + Math.sin((2 * Math.PI * index) / 144) + 0.2 * Math.sin(index * 12.9898 + host) + (index % 97 === host ? 8 : 0);
const grid = (from: number, to: number): readonly GridValues[] =>
  [1, 2, 3, 4, 5].map((host) => ({
    labels: { host: String(host) },
    values: Float64Array.from({ length: to - from + 1 }, (_, i) => valueAt(host, from + i)),
  }));

/** Loads four days, then a step at a time, then a gap at once. */
async function loaded(watch: Watch): Promise<Watch> {
  await watch.load(575, 576, grid(0, 575), options);
  for (let index = 576; index < 590; index++) await watch.load(index, 1, grid(index, index), options);
  await watch.load(599, 10, grid(590, 599), options);
  return watch;
}

test('a watch whose fits come late and in any order ends where one does that makes them itself', async () => {
  const expected = takeSnapshot(await loaded(watchOf('forecaster: auto')));
  expect(expected.flatMap(({ header }) => ('series' in header ? header.series : [])).map(({ fitted }) => fitted?.time)).not.toContain(
    undefined,
  );
  for (const seed of [1, 2]) {
    const watch = watchOf('forecaster: auto');
    watch.fits = createFitQueue(late(seed));
    expect(takeSnapshot(await loaded(watch))).toEqual(expected);
  }
});

test('a history that is loaded slice after slice ends as one that is loaded at once, and goes on alike from its saved state', async () => {
  const atOnce = await loaded(watchOf('forecaster: seasonal-naive'));
  const sliced = watchOf('forecaster: seasonal-naive');
  for (let from = 0; from < 576; from += 100) {
    const to = Math.min(575, from + 99);
    await sliced.load(to, to - from + 1, grid(from, to), { ...options, stretch: { from: 0, to: 575 } });
  }
  for (let index = 576; index < 590; index++) await sliced.load(index, 1, grid(index, index), options);
  await sliced.load(599, 10, grid(590, 599), options);
  expect(takeSnapshot(sliced)).toEqual(takeSnapshot(atOnce));
});

test('a load that was cut off leaves its series so that the same load ends where it would have', async () => {
  const expected = takeSnapshot(await loaded(watchOf('forecaster: seasonal-naive')));
  const watch = watchOf('forecaster: seasonal-naive');
  await watch.load(575, 576, grid(0, 575), options);
  const ends = new Set<unknown>();
  for (let index = 576; index < 590; index++) {
    let left = 1;
    const here = createInProcess(() => 0);
    watch.fits = createFitQueue({ ...here, fit: async (jobs) => (left-- > 0 ? here.fit(jobs) : endOfAll(jobs)) });
    const cut = watch.load(index, 1, grid(index, index), options);
    ends.add(
      await cut.then(
        () => 'whole',
        (error: unknown) => (error instanceof FitsEnded ? 'cut off' : error),
      ),
    );
    watch.fits = undefined;
    await watch.load(index, 1, grid(index, index), options);
  }
  expect(ends).toEqual(new Set(['cut off', 'whole']));
  await watch.load(599, 10, grid(590, 599), options);
  expect(takeSnapshot(watch)).toEqual(expected);
});

test('no score of a live sample hangs on when a fit comes', async () => {
  const scored = async (seed: number | undefined): Promise<readonly number[]> => {
    const watch = watchOf('forecaster: seasonal-naive, live: true, resolution: 2m');
    if (seed !== undefined) watch.fits = createFitQueue(late(seed));
    const scores: number[] = [];
    const live = new LiveWatch(watch, { clock: () => 0, onScored: ({ score }) => scores.push(score) });
    const target = live.targetOf({ __name__: 'up', host: '3' });
    for (let time = 0; time < 400 * step; time += 60) {
      // As a feed does before a sample that closes a window.
      const awaited = live.awaited(target, time);
      await awaited?.taken;
      live.take(target, time, valueAt(3, time / step));
      while (live.fitNext());
      if (seed !== undefined && time % 180 === 0) await options.pause();
    }
    expect(watch.series.get(target.key)?.fitted?.time).toBeGreaterThan(398 * step - 1800);
    return scores;
  };
  const expected = await scored(undefined);
  expect(expected.some((score) => score > 1)).toBe(true);
  for (const seed of [1, 2]) expect(await scored(seed)).toEqual(expected);
});
