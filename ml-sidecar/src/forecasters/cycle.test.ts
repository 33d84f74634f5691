import { expect, test } from 'vitest';
import { normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { auto } from './auto.ts';
import { cycle } from './cycle.ts';
import type { Choice, Forecaster } from './forecaster.ts';

const DAY = 288;
const LENGTH = 9 * DAY;
const random = seededRandom(21);
const noise = (): number => normalQuantile(0.5 + (random() - 0.5) * 0.999_999);

function seriesOf(next: (i: number) => number): { past: Series; future: Float64Array } {
  const values = Float64Array.from({ length: LENGTH + DAY }, (_, i) => next(i));
  return { past: { start: 1_700_006_400, step: 300, values: values.subarray(0, LENGTH) }, future: values.subarray(LENGTH) };
}

function meanMiss(forecaster: Forecaster, past: Series, future: Float64Array, previous?: Choice): number {
  const [median] = forecaster.fit(past, DAY, previous).forecast(DAY, [0.5]).rows;
  return future.reduce((sum, value, h) => sum + Math.abs(value - median[h]), 0) / DAY;
}

test.each<[string, (i: number) => number]>([
  ['teeth of 2 h 35 min', (i) => 30 + 40 * ((i % 31) / 31) + noise()],
  [
    'teeth of no whole number of samples, on a daily wave',
    (i) => 30 + 40 * ((i % 47.3) / 47.3) + 10 * Math.sin((2 * Math.PI * i) / DAY) + noise(),
  ],
  ['a job every five hours and ten minutes', (i) => 20 + (i % 62 < 8 ? 30 : 0) + noise()],
])('%s are forecast a day ahead to about their noise', (_, next) => {
  const { past, future } = seriesOf(next);
  expect(meanMiss(cycle, past, future)).toBeLessThan(2.5);
  const { rows } = cycle.fit(past, DAY).forecast(DAY, [0.05, 0.95]);
  const inside = future.filter((value, h) => value >= rows[0][h] && value <= rows[1][h]).length / DAY;
  expect(inside).toBeGreaterThan(0.8);
});

test('auto takes the cycle up where it wins', () => {
  const { past, future } = seriesOf((i) => 30 + 40 * ((i % 31.4) / 31.4) + noise());
  let choice: Choice | undefined;
  for (let end = LENGTH - DAY; end <= LENGTH; end += DAY / 4) {
    choice = auto.fit({ ...past, values: past.values.subarray(0, end) }, DAY, choice).choice;
  }
  expect(choice?.buckets[2].weights.cycle).toBeGreaterThan(0.3);
  expect(meanMiss(auto, past, future, choice)).toBeLessThan(4);
});

test('without a cycle auto gives it no weight, though the last value wins', () => {
  let walked = 100;
  const { past } = seriesOf(() => (walked += noise()));
  let choice: Choice | undefined;
  for (let end = LENGTH - DAY; end <= LENGTH; end += DAY / 4) {
    choice = auto.fit({ ...past, values: past.values.subarray(0, end) }, DAY, choice).choice;
  }
  expect(choice?.buckets.map(({ weights }) => weights.cycle)).toEqual([0, 0, 0, 0]);
});
