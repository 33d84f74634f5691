import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { shapeOf } from './shape.ts';
import { normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import { Watch } from '../watch/watch.ts';

const step = 600;
const day = 144;
const settings: WatchSettings = {
  name: 'requests',
  expr: 'requests',
  step,
  resolution: step,
  live: true,
  history: 14 * 86_400,
  horizon: 86_400,
  refit: 1800,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'auto',
  detector: 'auto',
  seriesLimit: 3,
};
const gauges = { quantiles: [0.1, 0.5, 0.9], horizons: [3600] };
const options = { pause: async () => {}, clock: () => 0 };
const CLEAR = 10 * day;

/** Ten days of a daily wave, then the same on another level. */
async function watchOf(change: (value: number) => number): Promise<{ watch: Watch; inside: (from: number, to: number) => number[] }> {
  const random = seededRandom(3);
  const watch = new Watch(settings, shapeOf(settings, gauges));
  const values = Float64Array.from({ length: CLEAR + 3 * day }, (_, i) => {
    const noise = normalQuantile(0.5 + (random() - 0.5) * 0.999_999);
    const value = 100 + 20 * Math.sin((2 * Math.PI * i) / day) + 2 * noise;
    return i < CLEAR ? value : change(value);
  });
  const bands: number[][] = [];
  await watch.load(CLEAR, CLEAR, [{ labels: { host: 'a' }, values: values.subarray(0, CLEAR) }], options);
  const [series] = watch.series.values();
  for (let i = CLEAR; i < values.length; i++) {
    const index = i + 1;
    bands.push(
      [0.25, 0.1, 0.025].map((tail) =>
        values[i] >= series.expected(index, tail) && values[i] <= series.expected(index, 1 - tail) ? 1 : 0,
      ),
    );
    await watch.load(index, 1, [{ labels: { host: 'a' }, values: values.subarray(i, i + 1) }], options);
  }
  const inside = (from: number, to: number): number[] =>
    [0, 1, 2].map((band) => bands.slice(from, to).reduce((sum, one) => sum + one[band], 0) / (to - from));
  return { watch, inside };
}

test.each([
  ['a level that rises by half', (value: number) => value + 50],
  ['a level that falls to a quarter', (value: number) => value - 75],
])('%s: within a day of data the bands hold again what they promise', { timeout: 60_000 }, async (_, change) => {
  const { watch, inside } = await watchOf(change);
  const [half, most, nearlyAll] = inside(day, 3 * day);
  expect(half).toBeGreaterThan(0.4);
  expect(half).toBeLessThan(0.7);
  expect(most).toBeGreaterThan(0.7);
  expect(nearlyAll).toBeGreaterThan(0.9);
  // What is shown live has seen the break, and comes back with it.
  const shown = [...watch.series.values()][0].record.coverageRatios();
  expect(shown[1]).toBeGreaterThan(0.55);
});
