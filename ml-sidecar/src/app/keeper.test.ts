import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@presage/service/log.ts';
import { afterAll, expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';
import { seededRandom } from '../stats/random.ts';
import { encoded } from '../storage/section.ts';
import { readStateFile } from '../storage/state-file.ts';
import { LiveWatch } from '../watch/live-watch.ts';
import { takeSnapshot } from '../watch/snapshot.ts';
import { Watch } from '../watch/watch.ts';
import { createHosts } from './hosts.ts';
import { createKeeper } from './keeper.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { shapeOf } from './shape.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-keeper-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** So long a history that fifty series fill a section. */
const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step: 60,
  resolution: 30,
  live: true,
  history: 15_000 * 60,
  horizon: 600,
  refit: 86_400,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  detection: autoDefaults,
  seriesLimit: 1000,
};
const start = 1_700_000_000;
const seriesCount = 150;

const random = seededRandom(5);
/** Samples of all series as they are scraped, every 15 s; the series of a host lie far apart. */
const scrapes = Array.from({ length: 200 }, (_, i) => ({
  time: start + 15 * i,
  values: Float64Array.from({ length: seriesCount }, (__, one) => 50 + one + random() + (i > 150 && one % 10 === 3 ? 9 : 0)),
}));
const labelsOf = (one: number) => ({ instance: `h${one % 10}`, disk: String(Math.floor(one / 10)) });

/** A run on what is saved in a folder. */
async function started(path: string, between: () => void = () => {}) {
  let time = 0;
  // Every look at the clock is a while later, so that each piece gives way.
  const turns = { clock: () => (time += 0.02), pause: async () => between() };
  const keeper = createKeeper({ path, saveInterval: 0 }, turns, silentLogger, createSelfMetrics('test', 'test'));
  const watch = new Watch(settings, shapeOf(settings, { quantiles: [0.1, 0.5, 0.9], horizons: [600] }));
  await keeper.restore(watch);
  const hosts = createHosts({ hosts: undefined, watches: [watch] });
  if (!hosts) throw new Error('no hosts');
  await keeper.attach(hosts);
  const live = new LiveWatch(watch, { clock: () => 0 });
  return { keeper, watch, hosts, live };
}

type Run = Awaited<ReturnType<typeof started>>;

function feed({ live }: Run, from: number, to: number): void {
  for (const { time, values } of scrapes.slice(from, to))
    values.forEach((value, one) => void live.take(live.targetOf(labelsOf(one)), time, value));
}

/** What a feed does after a restart: each series alone, from where it stands. */
function readBack({ live }: Run, to: number): void {
  const some = scrapes.slice(0, to);
  const times = Float64Array.from(some, ({ time }) => time);
  for (let one = 0; one < seriesCount; one++) {
    const values = Float64Array.from(some, (scrape) => scrape.values[one]);
    live.takeBack(live.targetOf(labelsOf(one)), times, values, 'all');
  }
}

/** All that there is to save of the series, and of the hosts: as bytes, since there are millions of numbers. */
const stateOf = ({ watch, hosts }: Run) => [takeSnapshot(watch), hosts.snapshot()].map((sections) => Buffer.concat([...encoded(sections)]));

test('a watch that is fed while it is saved goes on as if it had never stopped, and so do its hosts', async () => {
  const whole = await started(join(folder, 'whole'));
  feed(whole, 0, scrapes.length);
  whole.hosts.advance();
  const path = join(folder, 'fed');
  let next = 100;
  const first: Run = await started(path, () => {
    if (next >= 100 && first !== undefined) feed(first, next++, next);
  });
  feed(first, 0, 100);
  first.hosts.advance();
  await first.keeper.save(first.watch);
  const saved = [...(readStateFile(join(path, 'watches/cpu.state')) ?? [])];
  expect(saved.length).toBeGreaterThan(4);
  const second = await started(path);
  // No two sections are of the same moment.
  const reached = new Set([...second.watch.series.values()].map(({ live }) => live?.time));
  expect(reached.size).toBeGreaterThan(2);
  readBack(second, 150);
  second.hosts.advance();
  feed(second, 150, scrapes.length);
  second.hosts.advance();
  const [series, ofHosts] = stateOf(whole);
  expect(stateOf(second).map((bytes, i) => bytes.equals([series, ofHosts][i]))).toEqual([true, true]);
});
