import { describe, expect, test } from 'vitest';
import type { Forecaster } from '../forecasters/forecaster.ts';
import { forecasters } from '../forecasters/index.ts';
import { lastValue } from '../forecasters/last-value.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { dayProfileForecaster } from '../forecasters/day-profile.ts';
import { normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { fitCalibrated } from './calibrate.ts';

const random = seededRandom(5);
const gaussian = (): number => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));

function seriesOf(length: number, next: (i: number) => number): Series {
  return { start: 1_700_006_400, step: 300, values: Float64Array.from({ length }, (_, i) => next(i)) };
}

const daily = seriesOf(4032, (i) => 50 + 20 * Math.sin((2 * Math.PI * i) / 288) + gaussian());
let walked = 0;
const walk = seriesOf(4032, () => (walked += gaussian()));

/** Knows the truth of `daily` but is far too sure of it (or not sure enough). */
function oracle(spread: number): Forecaster {
  return {
    name: 'oracle',
    minSamples: 1,
    equivariant: { scale: false, shift: false },
    fit: (series) => ({
      forecast(steps, levels) {
        const n = series.values.length;
        const row = (level: number): Float64Array =>
          Float64Array.from(
            { length: steps },
            (_, h) => 50 + 20 * Math.sin((2 * Math.PI * (n + h)) / 288) + spread * normalQuantile(level),
          );
        return { start: series.start + n * series.step, step: series.step, levels, rows: levels.map(row) };
      },
    }),
  };
}

test.each([0.4, 1, 2.5])('bands %d times as wide as the truth are brought near it', (spread) => {
  const fitted = fitCalibrated(oracle(spread), daily, { horizonSteps: 288 });
  const { rows } = fitted.forecast(288, [0.1, 0.9]);
  const width = (rows[1][200] - rows[0][200]) / (2 * 1.2816);
  expect(Math.abs(Math.log(width))).toBeLessThanOrEqual(Math.abs(Math.log(spread)) * 0.6 + 0.1);
  expect(fitted.origins).toBe(6);
});

test('skill is the gain over seasonal naive, and the season is worth a page', () => {
  const fitted = fitCalibrated(oracle(1), daily, { horizonSteps: 288 });
  expect(fitted.skill).toBeGreaterThan(0.2);
  expect(fitted.skill).toBeLessThan(0.4);
  expect(fitted.skillOverNaive).toBeGreaterThan(0.2);
  expect(fitted.unforecastable).toBe(false);
  expect(fitCalibrated(seasonalNaive, daily, { horizonSteps: 288 }).skill).toBe(0);
});

test('a random walk is unforecastable whatever the model', () => {
  expect(fitCalibrated(lastValue, walk, { horizonSteps: 288 }).unforecastable).toBe(true);
  expect(fitCalibrated(dayProfileForecaster, walk, { horizonSteps: 288 }).unforecastable).toBe(true);
});

describe.each(forecasters.map((forecaster) => [forecaster.name, forecaster] as const))('%s', (_name, forecaster) => {
  test('keeps within bounds, in order', () => {
    const fitted = fitCalibrated(forecaster, daily, { horizonSteps: 288, bounds: [31, 69] });
    const { rows } = fitted.forecast(288, SPREAD_LEVELS);
    for (let h = 0; h < 288; h++) {
      const column = rows.map((row) => row[h]);
      expect(column).toEqual(column.toSorted((a, b) => a - b));
      expect(column[0]).toBeGreaterThanOrEqual(31);
      expect(column[6]).toBeLessThanOrEqual(69);
    }
  });

  test('thirty samples give a forecast with wide bands, and no verdict of skill', () => {
    const start = { ...daily, values: daily.values.slice(0, 30) };
    const fitted = fitCalibrated(forecaster, start, { horizonSteps: 288 });
    const { rows } = fitted.forecast(288, [0.025, 0.975]);
    const spread = Math.max(...start.values) - Math.min(...start.values);
    expect(rows[1][287] - rows[0][287]).toBeGreaterThan(spread);
  });

  test('a month of nothing but one value has neither width nor skill', () => {
    const fitted = fitCalibrated(
      forecaster,
      seriesOf(8000, () => 7),
      { horizonSteps: 288 },
    );
    expect(fitted.forecast(3, [0.1, 0.9]).rows.flatMap((row) => [...row])).toEqual([7, 7, 7, 7, 7, 7]);
    expect(fitted.skill).toBe(0);
  });
});

test('too few samples are refused as by the model itself', () => {
  expect(() =>
    fitCalibrated(
      lastValue,
      seriesOf(3, () => 1),
      { horizonSteps: 10 },
    ),
  ).toThrow(RangeError);
});
