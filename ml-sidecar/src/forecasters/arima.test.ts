import { describe, expect, test } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { arima } from './arima.ts';

const HOUR = 3600;
const START = 1_699_833_600;

function normal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Values around `level` that forget a share of 1 − `carried` of where they are at each step, plus what `usual` says of the step. */
function wandering(count: number, step: number, seed: number, carried: number, usual: (i: number) => number): Series {
  const shock = normal(seed);
  let away = 0;
  const values = Float64Array.from({ length: count }, (_, i) => {
    away = carried * away + shock();
    return usual(i) + away;
  });
  return { start: START, step, values };
}

describe('arima', () => {
  test('goes back to the level as fast as the series does', () => {
    const series = wandering(600, HOUR, 3, 0.8, () => -50);
    const last = series.values[599];
    const [centre] = arima.fit(series, 24).forecast(24, [0.5]).rows;
    for (const lead of [1, 3, 6, 24]) expect(Math.abs(centre[lead - 1] - (-50 + 0.8 ** lead * (last + 50)))).toBeLessThan(0.8);
  });

  test('repeats a season of hours', () => {
    const usual = (i: number): number => -20 + 10 * Math.sin((2 * Math.PI * i) / 24) + 5 * (i % 24 === 9 ? 1 : 0);
    const series = wandering(336, HOUR, 4, 0.5, usual);
    const [centre] = arima.fit(series, 24).forecast(24, [0.5]).rows;
    const misses = Array.from(centre, (value, h) => Math.abs(value - usual(336 + h)));
    expect(Math.max(...misses)).toBeLessThan(3);
    expect(misses.reduce((sum, miss) => sum + miss, 0) / 24).toBeLessThan(1);
  });

  test('repeats a season of hundreds of samples, and knows how far the series now lies from it', () => {
    const usual = (i: number): number => -100 + 20 * Math.sin((2 * Math.PI * i) / 288);
    const series = wandering(2016, 300, 5, 0.95, usual);
    series.values[2015] += 8;
    series.values[2014] += 8;
    series.values[2013] += 8;
    const [centre] = arima.fit(series, 288).forecast(288, [0.5]).rows;
    expect(centre[0] - usual(2016)).toBeGreaterThan(3);
    for (const lead of [100, 200, 288]) expect(Math.abs(centre[lead - 1] - usual(2015 + lead))).toBeLessThan(3);
  });

  test('is not carried away by one wild sample', () => {
    const series = wandering(600, HOUR, 6, 0.8, () => -50);
    const [calm] = arima.fit(series, 24).forecast(24, [0.5]).rows;
    const wild = { ...series, values: series.values.map((value, i) => (i === 598 ? value + 1000 : value)) };
    const [after] = arima.fit(wild, 24).forecast(24, [0.5]).rows;
    for (let h = 0; h < 24; h++) expect(Math.abs(after[h] - calm[h])).toBeLessThan(6);
  });

  test('follows a walk to where it is, with bands that widen as its steps add up', () => {
    const series = wandering(800, HOUR, 7, 1, () => -500);
    const { rows } = arima.fit(series, 24).forecast(24, [0.1, 0.5, 0.9]);
    expect(Math.abs(rows[1][0] - series.values[799])).toBeLessThan(1.5);
    const width = (lead: number): number => rows[2][lead - 1] - rows[0][lead - 1];
    expect(width(1)).toBeGreaterThan(2);
    expect(width(1)).toBeLessThan(3.2);
    expect(width(24) / width(1)).toBeGreaterThan(3.5);
    expect(width(24) / width(1)).toBeLessThan(6.5);
  });

  test('covers as often as it says, at an hour, six hours and a day', () => {
    const inside = [0, 0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const series = wandering(360, HOUR, seed, 0.7, (i) => 5 * Math.sin((2 * Math.PI * i) / 24) - 60);
      const { rows } = arima.fit({ ...series, values: series.values.subarray(0, 336) }, 24).forecast(24, [0.1, 0.9]);
      [1, 6, 24].forEach((lead, k) => {
        const value = series.values[335 + lead];
        if (value >= rows[0][lead - 1] && value <= rows[1][lead - 1]) inside[k]++;
      });
    }
    for (const count of inside) expect(Math.abs(count / 40 - 0.8)).toBeLessThan(0.18);
  });
});
