import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { LiveWatch } from '../watch/live-watch.ts';
import { Watch } from '../watch/watch.ts';
import { readMissed, type MissedOptions } from './missed.ts';
import { shapeOf } from './shape.ts';

const day = 86_400;
const now = 1_790_000_000 - (1_790_000_000 % 60);
const settings: WatchSettings = {
  name: 'cpu',
  expr: '1 - idle',
  recordedAs: 'cpu:watched',
  step: 300,
  resolution: 60,
  live: true,
  history: 14 * day,
  horizon: day,
  refit: 3600,
  delay: 0,
  bounds: [0, 1],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  seriesLimit: 10,
};

/** A source in which the expression is known always, and its record every 15 s at the times that `isRecorded` says. */
function sourceOf(isRecorded: (time: number) => boolean): MissedOptions['client'] {
  const series = (times: readonly number[], value: number) =>
    times.length === 0
      ? []
      : [{ name: '', labels: { instance: 'a' }, times: Float64Array.from(times), values: new Float64Array(times.length).fill(value) }];
  const every = (from: number, to: number, step: number) =>
    Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, i) => from + i * step);
  return {
    query: async () => [{ name: '', labels: { instance: 'a' }, time: now, value: 1 }],
    queryRange: async (_, start, end, step) => series(every(start, end, step), 1),
    readSamples: async (_, start, end) => series(every(Math.ceil(start / 15) * 15, end, 15).filter(isRecorded), 2),
  };
}

/** What is read back of a watch that knows nothing, or everything up to `known`: times and where their values come from, in order. */
async function readBack(isRecorded: (time: number) => boolean, known = -Infinity) {
  const live = new LiveWatch(new Watch(settings, shapeOf(settings, { quantiles: [0.5], horizons: [day] })), { clock: () => 0 });
  live.known = known;
  const selector = parseSelector('cpu:watched');
  if (!selector) throw new Error('no selector');
  const found: { time: number; recorded: boolean }[] = [];
  for await (const { series } of readMissed({ live, source: { selector, recorded: true }, client: sourceOf(isRecorded) }, now))
    for (const { times, values } of series) times.forEach((time, i) => found.push({ time, recorded: values[i] === 2 }));
  return found;
}

test('history before a rule began to record is asked of the expression, wherever it began', async () => {
  for (const began of [now - 180, now - 3 * 3600 - 7, now - 5 * day]) {
    const found = await readBack((time) => time >= began);
    expect(found.map(({ time }) => time)).toEqual(found.map(({ time }) => time).sort((a, b) => a - b));
    expect(new Set(found.map(({ time }) => time)).size).toBe(found.length);
    expect(found[0].time).toBeLessThan(now - 14 * day + 120);
    expect(found.every(({ time, recorded }) => recorded === time >= began)).toBe(true);
    expect(Math.max(...found.filter(({ recorded }) => !recorded).map(({ time }) => time))).toBeGreaterThan(began - 120);
  }
});

test('a gap in what was recorded stays one', async () => {
  const gap = (time: number) => time < now - 2 * 3600 || time > now - 3600;
  const found = await readBack(gap, now - 4 * 3600);
  expect(found.every(({ recorded }) => recorded)).toBe(true);
  expect(found.some(({ time }) => !gap(time))).toBe(false);
});
