import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';
import type { Detector, ExpectedBand } from '../detectors/detector.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { auto } from '../forecasters/auto.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { fromDisk } from './section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';
import type { LoadReport } from './load-report.ts';
import { Watch, type GridValues } from './watch.ts';
import type { SeriesShape } from './watched-series.ts';

const step = 3600;
const day = 24;
const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step,
  resolution: step,
  live: true,
  history: 14 * 86_400,
  horizon: 86_400,
  refit: 6 * 3600,
  delay: 0,
  bounds: [0, 10],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'robust-zscore',
  detection: autoDefaults,
  seriesLimit: 3,
};
const shape: SeriesShape = {
  step,
  historySteps: 14 * day,
  horizonSteps: day,
  refitSteps: 6,
  bounds: [0, 10],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  leads: [1, 6, 24],
  forecaster: seasonalNaive,
  detector: robustZscore,
};
const options = { pause: async () => {}, clock: () => 0 };

/** Daily wave with a little deterministic roughness; one spike at grid index 20 days. */
const valueAt = (index: number) =>
  5 + 2 * Math.sin((2 * Math.PI * index) / day) + 0.1 * Math.sin(index * 12.9898) + (index === 20 * day ? 40 : 0);

function gridOf(from: number, to: number, labels: Record<string, string> = { host: 'a' }): GridValues {
  return { labels, values: Float64Array.from({ length: to - from + 1 }, (_, i) => valueAt(from + i)) };
}

const load = (watch: Watch, from: number, to: number, matrix = [gridOf(from, to)]): Promise<LoadReport> =>
  watch.load(to, to - from + 1, matrix, options);

const newWatch = () => new Watch(settings, shape);
const only = (watch: Watch) => [...watch.series.values()][0];

test('a series is learning before it has 30 values and ready, with a band in bounds, after', async () => {
  const watch = newWatch();
  await load(watch, 1, 29);
  expect(watch.stateOf(only(watch))).toBe('learning');
  expect(only(watch).expected(30, 0.5)).toBeNaN();
  await load(watch, 30, 30);
  expect(only(watch).expected(31, 0.5)).toBeGreaterThan(0);
  expect(only(watch).expected(31, 0.025)).toBeGreaterThanOrEqual(0);
  expect(only(watch).expected(54, 0.975)).toBeLessThanOrEqual(10);
});

test('the forecast covers the whole horizon until the next fit', async () => {
  const watch = newWatch();
  await load(watch, 1, 14 * day);
  for (let index = 14 * day + 1; index < 16 * day; index++) {
    await load(watch, index, index);
    expect(only(watch).expected(index + day, 0.5)).not.toBeNaN();
  }
});

test('the past keeps the forecast that was in force before it was seen', async () => {
  const watch = newWatch();
  await load(watch, 1, 14 * day);
  const before = only(watch).expected(14 * day + 3, 0.5);
  for (let index = 14 * day + 1; index <= 14 * day + 3; index++) await load(watch, index, index);
  const seen = only(watch).expected(14 * day + 3, 0.5);
  for (let index = 14 * day + 4; index <= 15 * day; index++) await load(watch, index, index);
  expect(only(watch).expected(14 * day + 3, 0.5)).toBe(seen);
  expect(Math.abs(seen - before)).toBeLessThan(0.5);
  // Replaced only by fits made before that time; seasonal naive repeats the day before.
  expect(Math.abs(only(watch).expected(14 * day + 3, 0.5) - valueAt(13 * day + 3))).toBeLessThan(0.5);
});

test('a spike scores above 1, upwards, and teaches little', async () => {
  const watch = newWatch();
  await load(watch, 1, 20 * day - 1);
  await load(watch, 20 * day, 20 * day);
  expect(only(watch).score).toBeGreaterThan(1);
  expect(only(watch).direction).toBe(1);
  const { weights = new Float64Array() } = only(watch).ring.series(step);
  expect(weights.at(-1)).toBeLessThan(1);
  expect(weights.at(-2)).toBe(1);
});

test.each([seasonalNaive, auto])(
  'restored state scores and forecasts on by $name exactly as if it had never stopped',
  async (forecaster) => {
    const made = () => new Watch(settings, { ...shape, forecaster });
    const straight = made();
    await load(straight, 1, 15 * day);
    const restored = made();
    expect(restoreSnapshot(restored, fromDisk(takeSnapshot(straight)))).toBe(true);
    // The one goes on value by value; the other takes up in one load what it missed.
    for (let index = 15 * day + 1; index <= 15 * day + 20; index++) await load(straight, index, index);
    await load(restored, 15 * day + 1, 15 * day + 20);
    expect(takeSnapshot(restored)).toEqual(takeSnapshot(straight));
  },
);

test('a detector is told what was forecast for the moment before it was seen', async () => {
  const told: (ExpectedBand | undefined)[] = [];
  const listening: Detector = {
    ...robustZscore,
    start: (grid) => ({
      ...robustZscore.start(grid),
      score(_, expected) {
        told.push(expected);
        return 0;
      },
    }),
  };
  const watch = new Watch(settings, { ...shape, detector: listening });
  await load(watch, 1, 40);
  const median = only(watch).expected(41, 0.5);
  await load(watch, 41, 41);
  expect(told[0]).toBeUndefined();
  expect(told.at(-1)).toEqual({ median, low: only(watch).expected(41, 0.1), high: only(watch).expected(41, 0.9) });
});

test('state of another expression or grid is not taken up', async () => {
  const watch = newWatch();
  await load(watch, 1, 40);
  const other = new Watch({ ...settings, expr: 'memory' }, shape);
  expect(restoreSnapshot(other, takeSnapshot(watch))).toBe(false);
  expect(other.series.size).toBe(0);
});

test('series over the limit are left out and counted, unless one has vanished', async () => {
  const watch = newWatch();
  const hosts = (names: string) => names.split('').map((host) => gridOf(1, 40, { host }));
  const report = await load(watch, 1, 40, hosts('abcd'));
  expect(report.overLimit).toBe(1);
  expect(watch.series.size).toBe(3);
  for (let index = 41; index < 50; index++) await load(watch, index, index, [gridOf(index, index, { host: 'b' })]);
  const later = await load(watch, 50, 50, [gridOf(50, 50, { host: 'b' }), gridOf(50, 50, { host: 'd' })]);
  expect(later.overLimit).toBe(0);
  expect([...watch.series.values()].map(({ labels }) => labels.host)).toEqual(['b', 'c', 'd']);
});

test('series that differ in the metric name alone are taken once and counted', async () => {
  const watch = newWatch();
  const report = await load(watch, 1, 40, [gridOf(1, 40, { __name__: 'a', host: 'x' }), gridOf(1, 40, { __name__: 'b', host: 'x' })]);
  expect(report.duplicates).toBe(1);
  expect(only(watch).ring.finite).toBe(40);
});

test('a vanished series is stale after a few steps and gone after a whole history', async () => {
  const watch = newWatch();
  await load(watch, 1, 40);
  await load(watch, 41, 44, []);
  expect(watch.stateOf(only(watch))).toBe('stale');
  await load(watch, 45, 45 + shape.historySteps, []);
  expect(watch.series.size).toBe(0);
});

test('source labels that Presage uses itself are renamed', async () => {
  const watch = newWatch();
  await load(watch, 1, 2, [gridOf(1, 2, { quantile: '0.5', host: 'a' })]);
  expect(only(watch).labels).toEqual({ exported_quantile: '0.5', host: 'a' });
});

test('all gaps, a constant and a huge value disturb nobody', async () => {
  const watch = newWatch();
  const constant = { labels: { host: 'constant' }, values: new Float64Array(100).fill(3) };
  const gaps = { labels: { host: 'gaps' }, values: new Float64Array(100).fill(NaN) };
  const huge = { labels: { host: 'huge' }, values: Float64Array.from({ length: 100 }, (_, i) => (i === 50 ? 1e300 : 1)) };
  const report = await load(watch, 1, 100, [constant, gaps, huge]);
  expect(report.failures).toEqual([]);
  const [steady, , jumpy] = watch.series.values();
  expect([...watch.series.values()].every(({ score }) => Number.isFinite(score))).toBe(true);
  expect(steady.expected(101, 0.5)).toBe(3);
  expect(jumpy.expected(101, 0.975)).toBeLessThanOrEqual(10);
});

test('what is forecast past the horizon, until the next fit, goes on where the horizon ends', async () => {
  const watch = new Watch({ ...settings, forecaster: 'auto' }, { ...shape, forecaster: auto, bounds: [0, 1000] });
  const values = Float64Array.from({ length: 14 * day }, (_, i) => 5 + 0.05 * Math.sin(i * 12.9898) + Math.max(0, i - 12 * day));
  await load(watch, 1, 14 * day, [{ labels: { host: 'a' }, values }]);
  const medians = Array.from({ length: day + 6 }, (_, h) => only(watch).expected(14 * day + 1 + h, 0.5));
  expect(medians[day - 1]).toBeGreaterThan(60);
  expect(medians.findIndex((median, h) => h > 0 && median < medians[h - 1] - 0.2)).toBe(-1);
});

test('a fit knows the holidays of the watch', () => {
  const holidays = new Map([[20_717, 'a free day']]);
  const series = new Watch(settings, { ...shape, holidays }).admit({ host: 'a' }, 'a', 0);
  expect(series?.history().holidays).toBe(holidays);
});

test.each([
  [10_000, 6],
  [10_001, 2],
])('a first load with a limit of %i series fits each %i times', async (seriesLimit, fits) => {
  const watch = new Watch({ ...settings, seriesLimit }, shape);
  expect((await load(watch, 1, 10 * day)).fits).toBe(fits);
  expect(only(watch).fitted?.time).toBe(10 * day * step);
});
