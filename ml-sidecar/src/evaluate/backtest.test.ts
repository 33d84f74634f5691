import { expect, test } from 'vitest';
import { auto } from '../forecasters/auto.ts';
import { lastValue } from '../forecasters/last-value.ts';
import type { Forecaster } from '../forecasters/forecaster.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import type { Series } from '../stats/series.ts';
import { backtestOf } from './backtest.ts';

const step = 3600;
const hours = (length: number, at: (i: number) => number): Series => ({
  start: 0,
  step,
  values: Float64Array.from({ length }, (_, i) => at(i)),
});
const options = { horizonSteps: 24, bounds: [-Infinity, Infinity], count: 4 } as const;
const daily = hours(24 * 20, (i) => 10 + Math.sin((2 * Math.PI * i) / 24) + 0.05 * Math.sin(i * 12.9898));

test('a daily wave is forecast with bands that hold, at each origin', () => {
  const results = [...backtestOf(auto, daily, options)];
  expect(results.length).toBe(4);
  expect(results.at(-1)?.time).toBe((24 * 20 - 1 - 24) * step);
  for (const one of results) {
    expect(one.samples).toBe(24);
    expect(one.meanMiss).toBeLessThan(0.2);
    expect(one.inside95).toBeGreaterThan(0.7);
  }
});

test('seasonal naive has no skill over itself, last value on a wave has less', () => {
  expect(Math.abs([...backtestOf(seasonalNaive, daily, options)].at(-1)!.skill)).toBeLessThan(0.35);
  expect([...backtestOf(lastValue, daily, options)].at(-1)!.skill).toBeLessThan(-1);
});

test('no fit sees a sample after its origin', () => {
  const lengths: number[] = [];
  const spy: Forecaster = {
    ...lastValue,
    fit(series, horizonSteps) {
      lengths.push(series.values.length);
      return lastValue.fit(series, horizonSteps);
    },
  };
  const [first] = backtestOf(spy, daily, { ...options, count: 1 });
  expect(Math.max(...lengths)).toBe(first.time / step + 1);
});

test.each([
  ['nothing', hours(0, () => 1)],
  ['three samples', hours(3, (i) => i)],
  ['gaps alone', hours(500, () => NaN)],
])('%s gives no results', (_, series) => {
  expect([...backtestOf(auto, series, options)]).toEqual([]);
});

test('gaps after an origin are not compared', () => {
  const results = [
    ...backtestOf(
      lastValue,
      hours(480, (i) => (i % 2 === 0 ? 1 : NaN)),
      options,
    ),
  ];
  expect(results.every(({ samples }) => samples === 12)).toBe(true);
});
