import { describe, expect, test } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import type { Forecast, Series } from '../stats/series.ts';
import type { Forecaster } from './forecaster.ts';
import { forecasters } from './index.ts';

const LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
const DAY = 288;

/** Two weeks of five-minute samples with a daily season, noise, and a weekend that is quieter. */
function daily(days = 14, seed = 1): Series {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: Math.round(days * DAY) }, (_, i) => {
    const weekend = Math.floor(i / DAY) % 7 > 4 ? -3 : 0;
    return 20 + 5 * Math.sin((2 * Math.PI * i) / DAY) + weekend + 2 * (random() + random() - 1);
  });
  return { start: 1_700_006_400, step: 300, values };
}

function withValues(series: Series, change: (value: number, i: number) => number): Series {
  return { ...series, values: series.values.map(change) };
}

function faultOf(forecast: Forecast, steps: number): string {
  if (forecast.rows.length !== forecast.levels.length) return `${forecast.rows.length} rows`;
  for (const [level, row] of forecast.rows.entries()) {
    if (row.length !== steps) return `${row.length} steps`;
    const h = row.findIndex((value, h) => !Number.isFinite(value) || (level > 0 && value < forecast.rows[level - 1][h]));
    if (h >= 0) return `${row[h]} at step ${h + 1}, level ${forecast.levels[level]}`;
  }
  return 'none';
}

function distance(a: Forecast, b: Forecast): number {
  let worst = 0;
  a.rows.forEach((row, i) => row.forEach((value, h) => (worst = Math.max(worst, Math.abs(value - b.rows[i][h])))));
  return worst;
}

const UGLY: Record<string, Series> = {
  'a daily season': daily(),
  'a third of it missing': withValues(daily(), (v, i) => (i % 7 < 2 || (i > 900 && i < 1500) ? NaN : v)),
  'a gap before the origin': withValues(daily(), (v, i) => (i > 4032 - 50 ? NaN : v)),
  infinities: withValues(daily(), (v, i) => (i % 50 === 0 ? Infinity : i % 70 === 0 ? -Infinity : v)),
  'one spike of 1e300': withValues(daily(), (v, i) => (i === 3000 ? 1e300 : v)),
  'the newest sample a spike of 1e300': withValues(daily(), (v, i) => (i === 4031 ? 1e300 : v)),
  'mostly zero': withValues(daily(), (v, i) => (i % 40 === 0 ? v : 0)),
  'two values in turn': withValues(daily(), (_, i) => i % 2),
  'a jump': withValues(daily(), (v, i) => v + (i > 3000 ? 1e6 : 0)),
  'tiny values': withValues(daily(), (v) => v * 1e-200),
  'half a day': daily(0.5),
  'a day and a half': daily(1.5),
  'hourly steps': { ...daily(), step: 3600 },
  'daily steps': { start: 1_700_006_400, step: 86_400, values: daily(0.2).values },
  'seven-minute steps': { start: 1_700_006_340, step: 420, values: daily().values },
  'local time with a change of clocks': { ...daily(), wallOffset: (time) => (time > 1_700_700_000 ? 3600 : 7200) },
};

/** A model of all series of a watch is put under the laws twice: as listed, which has seen nothing, and after it has learnt. */
const ruled = forecasters.flatMap((forecaster) => {
  const shared = forecaster.forWatch?.();
  if (!shared) return [{ name: forecaster.name, forecaster }];
  for (const _ of shared.learn([() => daily(), () => daily(14, 2), () => daily(14, 3)]));
  return [
    { name: forecaster.name, forecaster },
    { name: `${forecaster.name}, ${shared.status}`, forecaster: shared },
  ];
});

describe.each(ruled)('$name', ({ forecaster }) => {
  test.each(Object.entries(UGLY))('gives finite, ordered quantiles for %s', (_fault, series) => {
    expect(faultOf(forecaster.fit(series).forecast(DAY, LEVELS), DAY)).toBe('none');
  });

  test('forecasts past the horizon that was named', () => {
    expect(faultOf(forecaster.fit(daily(), 12).forecast(2 * DAY, LEVELS), 2 * DAY)).toBe('none');
  });

  test('gives any level that is asked for, also one alone and far out', () => {
    expect(faultOf(forecaster.fit(daily()).forecast(12, [0.001, 0.3, 0.6, 0.999]), 12)).toBe('none');
    expect(faultOf(forecaster.fit(daily()).forecast(12, [0.9]), 12)).toBe('none');
  });

  test('stands on the grid after the origin', () => {
    const series = daily();
    const forecast = forecaster.fit(series).forecast(3, [0.5]);
    expect(forecast.start).toBe(series.start + series.values.length * 300);
    expect(forecast.step).toBe(300);
    expect(forecast.levels).toEqual([0.5]);
  });

  test('takes a constant for what it is', () => {
    const forecast = forecaster.fit(withValues(daily(), () => 42)).forecast(DAY, LEVELS);
    for (const row of forecast.rows) for (const value of row) expect(value).toBeCloseTo(42, 6);
  });

  test('says the same twice, whatever it fitted in between', () => {
    const once = forecaster.fit(daily()).forecast(DAY, LEVELS);
    forecaster.fit(daily(9, 7)).forecast(10, LEVELS);
    expect(forecaster.fit(daily()).forecast(DAY, LEVELS)).toEqual(once);
  });

  test('an earlier fit still stands after a later one', () => {
    const fitted = forecaster.fit(daily());
    const once = fitted.forecast(DAY, LEVELS);
    forecaster.fit(daily(9, 7));
    expect(fitted.forecast(DAY, LEVELS)).toEqual(once);
  });

  test('leaves what it was given as it was', () => {
    const series = { ...daily(), weights: new Float64Array(14 * DAY).fill(1) };
    forecaster.fit(series).forecast(DAY, LEVELS);
    expect(series.values).toEqual(daily().values);
    expect(series.weights).toEqual(new Float64Array(14 * DAY).fill(1));
  });

  lawsOfScale(forecaster);
  lawsOfSamples(forecaster);
});

function lawsOfScale(forecaster: Forecaster): void {
  test.skipIf(!forecaster.equivariant.scale)('follows the unit, as it claims', () => {
    const base = forecaster.fit(daily()).forecast(DAY, LEVELS);
    const scaled = forecaster.fit(withValues(daily(), (v) => v * 1024)).forecast(DAY, LEVELS);
    expect(distance(scaled, { ...base, rows: base.rows.map((row) => row.map((v) => v * 1024)) })).toBeLessThanOrEqual(1e-3);
  });

  test.skipIf(!forecaster.equivariant.shift)('follows the zero point, as it claims', () => {
    const base = forecaster.fit(daily()).forecast(DAY, LEVELS);
    const shifted = forecaster.fit(withValues(daily(), (v) => v + 1000)).forecast(DAY, LEVELS);
    expect(distance(shifted, { ...base, rows: base.rows.map((row) => row.map((v) => v + 1000)) })).toBeLessThanOrEqual(1e-3);
  });
}

function lawsOfSamples(forecaster: Forecaster): void {
  const cut = (count: number): Series => ({ ...daily(), values: daily().values.slice(0, count) });

  test('refuses fewer samples than it wants, and takes just as many', () => {
    expect(() => forecaster.fit(cut(forecaster.minSamples - 1))).toThrow(RangeError);
    expect(faultOf(forecaster.fit(cut(forecaster.minSamples)).forecast(DAY, LEVELS), DAY)).toBe('none');
  });

  test('counts neither gaps nor what has no weight as samples', () => {
    expect(() => forecaster.fit(withValues(daily(), () => NaN))).toThrow(RangeError);
    const hour = { ...daily(), values: daily().values.slice(0, 12), weights: new Float64Array(12) };
    expect(() => forecaster.fit(hour)).toThrow(RangeError);
    expect(() => forecaster.fit(cut(0))).toThrow(RangeError);
  });

  test('learns nothing from an outage of weight 0', () => {
    const outage = (i: number): boolean => i >= 3600 && i < 3800;
    const weights = Float64Array.from({ length: 14 * DAY }, (_, i) => (outage(i) ? 0 : 1));
    const mild = forecaster.fit({ ...withValues(daily(), (v, i) => (outage(i) ? 0 : v)), weights }).forecast(DAY, LEVELS);
    const wild = forecaster.fit({ ...withValues(daily(), (v, i) => (outage(i) ? 1e9 : v)), weights }).forecast(DAY, LEVELS);
    expect(distance(mild, wild)).toBeLessThanOrEqual(1e-9);
  });

  test('follows a level that has lasted a day, though it scored as an anomaly all the while', () => {
    const shifted = withValues(daily(), (v, i) => v + (i >= 13 * DAY ? 40 : 0));
    const weights = Float64Array.from({ length: 14 * DAY }, (_, i) => (i >= 13 * DAY ? 0.02 : 1));
    const { rows } = forecaster.fit({ ...shifted, weights }).forecast(DAY, LEVELS);
    const next = daily(15)
      .values.subarray(14 * DAY)
      .map((v) => v + 40);
    const inside = next.reduce((count, v, h) => count + (v >= rows[0][h] && v <= rows[6][h] ? 1 : 0), 0);
    expect(inside / DAY).toBeGreaterThan(0.8);
  });

  test.each([0, -60, NaN, Infinity])('refuses a step of %d seconds', (step) => {
    expect(() => forecaster.fit({ ...daily(), step })).toThrow(RangeError);
  });

  test('fits four weeks of five-minute samples and forecasts a day within seconds', () => {
    const begin = performance.now();
    forecaster.fit(daily(28)).forecast(DAY, LEVELS);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
}
