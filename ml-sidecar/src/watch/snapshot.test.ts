import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { keyOf } from './labels.ts';
import { fromDisk } from './section.fixture.ts';
import { restoreInSteps, restoreSnapshot, snapshotInSteps, takeSnapshot } from './snapshot.ts';
import { Watch } from './watch.ts';
import type { SeriesShape } from './watched-series.ts';

const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step: 60,
  resolution: 60,
  live: false,
  history: 300_000 * 60,
  horizon: 600,
  refit: 1200,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'robust-zscore',
  seriesLimit: 100,
};
/** So long a history that four series fill a section. */
const shape: SeriesShape = {
  step: 60,
  historySteps: 300_000,
  horizonSteps: 10,
  refitSteps: 20,
  bounds: [-Infinity, Infinity],
  levels: [0.1, 0.5, 0.9],
  leads: [10],
  forecaster: seasonalNaive,
  detector: robustZscore,
};

const keyFor = (host: string) => keyOf({ host });
const admit = (watch: Watch, host: string, firstIndex = 1) => watch.admit({ host }, keyFor(host), firstIndex);

function watchOf(hosts: string): Watch {
  const watch = new Watch(settings, shape);
  for (const host of hosts) admit(watch, host)?.observe(host.charCodeAt(0));
  return watch;
}

const newest = (watch: Watch) =>
  new Map([...watch.series.values()].map(({ labels, ring }) => [labels['host'], [ring.last, ring.at(ring.last)] as const]));

test('a large watch is saved in sections, and each comes back', () => {
  const watch = watchOf('abcdefghij');
  const sections = fromDisk(takeSnapshot(watch));
  expect(sections.map(({ header }) => header)).toMatchObject([
    { version: 3 },
    ...['abcd', 'efgh', 'ij'].map((hosts) => ({ series: Array.from(hosts, (host) => ({ labels: { host } })) })),
  ]);
  const again = new Watch(settings, shape);
  expect(restoreSnapshot(again, sections)).toBe(true);
  expect(newest(again)).toEqual(newest(watch));
});

test('others may run between two sections: what is saved of each series is as it was at its section', () => {
  const watch = watchOf('abcdefghij');
  const steps = snapshotInSteps(watch);
  const sections = [steps.next().value, steps.next().value].flatMap((section) => section ?? []);
  const saved = fromDisk(sections);
  for (const series of watch.series.values()) series.observe(7);
  // One that was saved goes, one goes and comes back, one is new; and one goes that has not been saved yet.
  for (const host of 'abj') watch.series.delete(keyFor(host));
  admit(watch, 'b', 100)?.observe(8);
  admit(watch, 'z')?.observe(9);
  const again = new Watch(settings, shape);
  expect(restoreSnapshot(again, [...saved, ...fromDisk(steps)])).toBe(true);
  const expected = newest(watch);
  for (const host of 'cd') expected.set(host, [1, host.charCodeAt(0)]);
  expect(newest(again)).toEqual(expected);
});

test('a step of restoring is one section', () => {
  const watch = watchOf('abcdefghij');
  const again = new Watch(settings, shape);
  const steps = restoreInSteps(again, takeSnapshot(watch));
  expect([0, 1, 2, 3].map(() => [steps.next().done, again.series.size])).toEqual([
    [false, 0],
    [false, 4],
    [false, 8],
    [false, 10],
  ]);
  expect(steps.next()).toEqual({ done: true, value: true });
});

test.each([
  ['with no section', () => []],
  ['that lacks a column', ([head, one]) => [head, { ...one, columns: one.columns.slice(0, -1) }]],
  ['with a column too short', ([head, one]) => [head, { ...one, columns: one.columns.map((each) => each.slice(1)) }]],
  [
    'with a choice of models that it does not name',
    ([head, one]) => [head, { ...one, columns: one.columns.map((each, i) => (i === 7 ? new Float64Array(2) : each)) }],
  ],
  [
    'with misses that are none',
    ([head, one]) => [head, { ...one, columns: one.columns.map((each, i) => (i === 8 ? new Float64Array(2) : each)) }],
  ],
  ['whose series are none', ([head, one]) => [head, { ...one, header: { models: [], series: [{}] } }]],
] satisfies [string, (sections: ReturnType<typeof fromDisk>) => ReturnType<typeof fromDisk>][])('a snapshot %s is refused', (_, spoil) => {
  const sections = fromDisk(takeSnapshot(watchOf('a')));
  expect(restoreSnapshot(new Watch(settings, shape), sections)).toBe(true);
  expect(() => restoreSnapshot(new Watch(settings, shape), spoil(sections))).toThrow(RangeError);
});
