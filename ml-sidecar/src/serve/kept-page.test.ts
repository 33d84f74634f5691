import { gunzipSync } from 'node:zlib';
import type { GiveWay } from '@presage/service/giving-way.ts';
import { type GzipPart, gzipHead, gzipTail, noParts, withPart } from '@presage/service/joined-gzip.ts';
import { expect, test } from 'vitest';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { seededRandom } from '../stats/random.ts';
import { Watch } from '../watch/watch.ts';
import { KeptPage } from './kept-page.ts';
import { testSettings, testShape } from './large-answers.fixture.ts';
import { lookAhead, renderMetrics } from './metrics.ts';
import type { Served } from './served.ts';

const steps = 60;
const step = 3600;
const options = { pause: async () => {}, clock: () => 0 };

/** A watch of so many series that has learnt, and what serves it. */
async function watched(series: number) {
  const watch = new Watch(
    { ...testSettings, seriesLimit: series + 100 },
    { ...testShape, forecaster: seasonalNaive, detector: robustZscore },
  );
  const values = (host: number, from: number, length: number) =>
    Float64Array.from({ length }, (_, i) => host / 4 + Math.sin((2 * Math.PI * (from + i)) / 24));
  const load = (to: number, length: number, hosts: readonly number[]) =>
    watch.load(
      to,
      length,
      hosts.map((host) => ({ labels: { instance: `host-${host}`, place: 'ü' }, values: values(host, to - length, length) })),
      options,
    );
  const state = { now: steps * step + 5, time: 0, looks: 0 };
  const served: Served = {
    version: '0',
    gauges: { quantiles: [0.1, 0.5, 0.9], horizons: [3600, 21_600] },
    watches: [{ watch, health: { up: true, fault: undefined, lastSuccess: 0 } }],
    receiver: { receive: () => ({ status: 204, message: '' }) },
    onScores: () => () => undefined,
    now: () => state.now,
    ready: () => true,
    selfMetrics: async () => '',
  };
  const page = new KeptPage(served, () => state.time);
  const parts = async (giveWay: GiveWay = () => undefined): Promise<readonly GzipPart[]> => {
    const found = [];
    for await (const part of page.parts(giveWay)) found.push(part);
    return found;
  };
  const shown = async (giveWay: GiveWay = () => undefined): Promise<string> => {
    const found = await parts(giveWay);
    return gunzipSync(Buffer.concat([gzipHead, ...found.map(({ bytes }) => bytes), gzipTail(found.reduce(withPart, noParts))])).toString();
  };
  await load(
    steps,
    steps,
    Array.from({ length: series }, (_, i) => i),
  );
  return { watch, served, state, load, parts, shown };
}

test('whatever happens to the series between two scrapes, the page is the one that is written at once', async () => {
  const seed = 11;
  const random = seededRandom(seed);
  const { watch, served, state, load, shown } = await watched(600);
  let to = steps;
  const one = () => [...watch.series.values()][Math.floor(random() * watch.series.size)];
  const happenings: Readonly<Record<string, () => unknown>> = {
    nothing: () => {},
    'time goes on within the step': () => (state.now += 7),
    'the next step begins': () => (state.now = (Math.floor(state.now / step) + 1) * step + 3),
    'values come': async () => {
      to++;
      state.now = Math.max(state.now, to * step + 5);
      await load(
        to,
        1,
        Array.from({ length: 600 }, (_, i) => i).filter(() => random() < 0.95),
      );
    },
    'new series come': async () => {
      to++;
      state.now = Math.max(state.now, to * step + 5);
      await load(to, 1, [...Array.from({ length: 600 }, (_, i) => i), 600 + to]);
    },
    'a series goes': () => watch.series.delete([...watch.series.keys()][Math.floor(random() * watch.series.size)]),
    'a series is fitted': () => one().fit(),
    'one passes its limit': () => one().observe(150),
    'what lies ahead is worked out': () => [...lookAhead(watch, served.gauges, state.now)],
  };
  const names = Object.keys(happenings);
  for (let round = 0; round < 30; round++) {
    const what = names[Math.floor(random() * names.length)];
    await happenings[what]();
    expect(await shown(), `round ${round}, ${what}, seed ${seed}`).toBe(renderMetrics(served));
    expect(await shown(), `again after ${what}`).toBe(renderMetrics(served));
  }
}, 60_000);

test('two scrapes at once leave nothing that is out of date to those after them', async () => {
  const { served, load, shown } = await watched(600);
  const hosts = Array.from({ length: 600 }, (_, i) => i);
  await shown();
  await load(steps + 1, 1, hosts);
  // One has looked at the first series, then stands still while the other is made and values come.
  let goOn = (): void => {};
  const stands = new Promise<void>((resolve) => (goOn = resolve));
  let turns = 0;
  const slow = shown(() => (++turns === 1 ? stands : undefined));
  await shown();
  await load(steps + 2, 1, hosts);
  goOn();
  await slow;
  expect(await shown()).toBe(renderMetrics(served));
}, 60_000);

test('what cannot be written anew in a second is shown as it was, and as it is at the next scrape', async () => {
  const { served, state, load, shown } = await watched(600);
  const before = renderMetrics(served);
  expect(await shown()).toBe(before);
  await load(
    steps + 1,
    1,
    Array.from({ length: 600 }, (_, i) => i),
  );
  const after = renderMetrics(served);
  // The clock stands still while the series are looked at; then each turn takes a third of a second.
  let turns = 0;
  const late = await shown(() => {
    if (++turns > 3) state.time += 0.4;
    return undefined;
  });
  expect(late).not.toBe(before);
  expect(late).not.toBe(after);
  const lines = new Set([...before.split('\n'), ...after.split('\n')]);
  expect(late.split('\n').filter((line) => !lines.has(line))).toEqual([]);
  expect(late.split('\n')).toHaveLength(after.split('\n').length);
  // Written anew meanwhile: the next scrape has no time at all.
  await expect.poll(() => shown(() => void (state.time += 10)), { timeout: 30_000 }).toBe(after);
}, 60_000);

test('a series that comes or goes leaves what is kept of most others', async () => {
  const { watch, served, parts, shown } = await watched(1024);
  // The first works out what lies ahead.
  await parts();
  const before = new Set(await parts());
  const [first] = watch.series.keys();
  watch.series.delete(first);
  const gone = await parts();
  expect(gone.filter((part) => before.has(part)).length).toBeGreaterThan(0.7 * gone.length - 20);
  watch.admit({ instance: 'new' }, 'new', steps + 1);
  const come = await parts();
  expect(come.filter((part) => gone.includes(part)).length).toBeGreaterThan(0.95 * gone.length - 20);
  expect(await shown()).toBe(renderMetrics(served));
  // What is left of very many: few slices again.
  for (const [i, key] of [...watch.series.keys()].entries()) if (i % 200 !== 0) watch.series.delete(key);
  expect((await parts()).length).toBeLessThan(40);
  expect(await shown()).toBe(renderMetrics(served));
}, 60_000);
