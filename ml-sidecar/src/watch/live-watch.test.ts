import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';
import { autoDetector } from '../detectors/auto.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { seededRandom } from '../stats/random.ts';
import { LiveWatch } from './live-watch.ts';
import { fromDisk } from './section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import { Watch } from './watch.ts';
import type { SeriesShape } from './watched-series.ts';

const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step: 300,
  resolution: 60,
  live: true,
  history: 2 * 86_400,
  horizon: 3600,
  refit: 900,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  detection: autoDefaults,
  seriesLimit: 2,
};
const shape: SeriesShape = {
  step: 300,
  resolution: 60,
  historySteps: 576,
  horizonSteps: 12,
  refitSteps: 3,
  bounds: [-Infinity, Infinity],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  leads: [12],
  forecaster: seasonalNaive,
  detector: autoDetector(),
};

/** A run that writes down every score. */
function run(watch = new Watch(settings, shape)) {
  const scores = new Map<string, number[]>();
  const live = new LiveWatch(watch, {
    clock: () => 0,
    onScored: ({ series, time, score }) => {
      const key = `${series.labels['host']} ${time}`;
      scores.set(key, [...(scores.get(key) ?? []), score]);
    },
  });
  return { watch, live, scores };
}

const start = 1_700_000_000;
const random = seededRandom(5);
/** Samples every 15 s with a few missing, one shift, and some noise. */
const samples = Array.from({ length: 8000 }, (_, i) => ({
  time: start + 15 * i + 0.123,
  value: 50 + 10 * Math.sin(i / 900) + random() + (i > 7000 && i < 7100 ? 60 : 0),
})).filter((_, i) => i % 97 !== 0 && (i < 5000 || i > 5300));

function feed({ live }: ReturnType<typeof run>, from: number, to: number, host = 'a'): void {
  const target = live.targetOf({ host });
  for (const { time, value } of samples.slice(from, to)) live.take(target, time, value);
}

const columnsOf = (from: number, to: number) => {
  const some = samples.slice(from, to);
  return [Float64Array.from(some, ({ time }) => time), Float64Array.from(some, ({ value }) => value)] as const;
};

test('every sample is scored as it comes, and what is anomalous scores above 1', () => {
  const one = run();
  feed(one, 0, samples.length);
  expect(one.scores.size).toBe(samples.length);
  const high = [...one.scores].filter(([, [score]]) => score > 1);
  expect(high.length).toBeGreaterThan(10);
  for (const [key] of high) expect(Number(key.split(' ')[1])).toBeGreaterThan(start + 15 * 6999);
});

test('the values of the grid are the newest sample of each step, and gaps are gaps', () => {
  const one = run();
  feed(one, 0, samples.length);
  const [series] = one.watch.series.values();
  let gaps = 0;
  for (let index = series.ring.last - 400; index <= series.ring.last; index++) {
    const newest = samples.findLast(({ time }) => time <= index * 300);
    const value = newest && newest.time > (index - 1) * 300 ? Math.fround(newest.value) : NaN;
    expect(series.ring.at(index)).toBe(value);
    if (Number.isNaN(value)) gaps++;
  }
  expect(gaps).toBeGreaterThan(10);
});

test('a restart that reads back what it missed gives the scores of an uninterrupted run', () => {
  const whole = run();
  feed(whole, 0, samples.length);
  const first = run();
  feed(first, 0, 6003);
  const saved = fromDisk(takeSnapshot(first.watch));
  // What came after the state was saved is scored again, from what the source still has.
  const watch = new Watch(settings, shape);
  expect(restoreSnapshot(watch, saved)).toBe(true);
  const second = run(watch);
  const [times, values] = columnsOf(5900, 6800);
  second.live.takeBack(second.live.targetOf({ host: 'a' }), times, values, 'all');
  second.live.known = times[times.length - 1];
  // The sender repeats what it does not know to have arrived.
  feed(second, 6700, samples.length);
  for (const [key, scores] of second.scores) expect([key, scores]).toEqual([key, whole.scores.get(key)]);
  expect(second.scores.size).toBe(samples.length - 6003);
  expect(takeSnapshot(second.watch)).toEqual(takeSnapshot(whole.watch));
});

test('a restart right after a long history is fitted when an uninterrupted run is, wherever that history ended', () => {
  // Within a long history fits are made less often: every twelve steps here.
  const coarse = { ...shape, horizonSteps: 48 };
  // The window that stays open at its end is one that a fit is due at for one of these ends.
  for (let end = 4000; end < 4000 + 3 * 20; end += 20) {
    const [times, values] = columnsOf(0, end);
    const whole = run(new Watch(settings, coarse));
    // The source has got further than its newest sample of this series.
    expect(whole.live.expectUntil(times[times.length - 1] + 600)).toBe(true);
    whole.live.takeBack(whole.live.targetOf({ host: 'a' }), times, values, 'last');
    whole.live.fitAll();
    while (whole.live.fitNext());
    const again = run(new Watch(settings, coarse));
    restoreSnapshot(again.watch, fromDisk(takeSnapshot(whole.watch)));
    const fitted = [whole, again].map((one) => {
      feed(one, end, end + 30);
      while (one.live.fitNext());
      return [...one.watch.series.values()].map((series) => series.fitted?.time);
    });
    expect(fitted[0]).toEqual(fitted[1]);
  }
});

test('history of which only the last sample of each slot is scored teaches the same', () => {
  const all = run();
  const last = run();
  const [times, values] = columnsOf(0, samples.length);
  for (const [one, only] of [
    [all, 'all'],
    [last, 'last'],
  ] as const) {
    one.live.takeBack(one.live.targetOf({ host: 'a' }), times, values, only);
  }
  expect(last.scores.size).toBeLessThan(all.scores.size / 3);
  for (const [key, scores] of last.scores) expect([key, scores]).toEqual([key, all.scores.get(key)]);
});

test('samples are missed where one comes later than the one before it lets expect', () => {
  const one = run();
  feed(one, 1, 50);
  const target = one.live.targetOf({ host: 'a' });
  const { time } = samples[49];
  expect(one.live.misses(target, time + 15)).toBe(false);
  expect(one.live.misses(target, time + 30)).toBe(true);
  one.live.looked = time + 20;
  expect(one.live.misses(target, time + 30)).toBe(false);
  // Where it was looked ends just before the one that is missing.
  one.live.looked = time + 14;
  expect(one.live.misses(target, time + 30)).toBe(true);
  one.live.looked = time + 30;
  expect(one.live.misses(target, time + 30)).toBe(false);
  expect(one.live.misses(target, time + 45)).toBe(true);
  expect(one.live.misses(one.live.targetOf({ host: 'new' }), time + 30)).toBe(false);
});

test('samples that were read back while they were on their way are scored once', () => {
  const one = run();
  feed(one, 0, 100);
  const rest = samples.slice(100, 104);
  const [times, values] = (['time', 'value'] as const).map((name) => Float64Array.from(rest, (sample) => sample[name]));
  one.live.takeBack(one.live.targetOf({ host: 'a' }), times, values, 'all');
  feed(one, 100, 105);
  expect(one.scores.size).toBe(105);
  expect([...one.scores.values()].filter(({ length }) => length !== 1)).toEqual([]);
});

test('a late sample is scored, once, and changes nothing', () => {
  const [one, other] = [run(), run()];
  feed(one, 0, 1000);
  feed(other, 0, 999);
  other.live.take(other.live.targetOf({ host: 'a' }), samples[999].time - 7, 50);
  feed(other, 999, 1000);
  other.live.take(other.live.targetOf({ host: 'a' }), samples[999].time - 3, 50);
  expect(other.scores.size).toBe(1002);
  const learnt = ({ watch }: typeof one) => takeSnapshot(watch).map(({ columns }) => columns);
  expect(learnt(other)).toEqual(learnt(one));
  other.live.known = samples[999].time;
  expect(other.live.take(other.live.targetOf({ host: 'a' }), samples[999].time - 5, 50)).toBeUndefined();
});

test('series without samples get gaps, are stale, and make room for others', () => {
  const one = run();
  feed(one, 0, 600, 'a');
  feed(one, 0, 4000, 'b');
  one.live.settle(Infinity);
  const [a, b] = one.watch.series.values();
  expect([one.watch.stateOf(a), one.watch.stateOf(b)]).toEqual(['stale', 'unforecastable']);
  expect(a.ring.last).toBeGreaterThan(b.ring.last - 5);
  feed(one, 3990, 4010, 'c');
  expect([...one.watch.series.values()].map(({ labels }) => labels['host'])).toEqual(['b', 'c']);
  feed(one, 4010, 4020, 'a');
  expect(one.watch.series.size).toBe(2);
  // Room is looked for once a minute, not at every sample.
  expect(one.live.report().overLimit).toBe(3);
});

test('a series that the source ended is stale until it comes again', () => {
  const one = run();
  feed(one, 0, 600);
  const [series] = one.watch.series.values();
  one.live.end(one.live.targetOf({ host: 'a' }), samples[599].time + 15);
  expect(one.watch.stateOf(series)).toBe('stale');
  feed(one, 601, 602);
  expect(one.watch.stateOf(series)).not.toBe('stale');
});

test('a label set that was forgotten and got a series after all loses it with the others', () => {
  const one = run();
  feed(one, 0, 600, 'a');
  feed(one, 0, 4000, 'b');
  const c = one.live.targetOf({ host: 'c' });
  for (let i = 0; i < 9; i++) one.live.targetOf({ host: `one of many ${i}` });
  one.live.settle(Infinity);
  expect(one.live.labelSets).toBe(2);
  one.live.take(c, samples[3990].time, 50);
  feed(one, 4000, 7500, 'b');
  one.live.settle(Infinity);
  feed(one, 7490, 7500, 'd');
  expect([...one.watch.series.values()].map(({ labels }) => labels['host'])).toEqual(['b', 'd']);
  expect(one.live.take(c, samples[7500].time, 50)).toBeUndefined();
});
