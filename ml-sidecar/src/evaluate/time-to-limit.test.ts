import { expect, test } from 'vitest';
import { normalQuantile } from '../stats/normal.ts';
import type { Forecast } from '../stats/series.ts';
import { limitProbability, timeToLimit } from './time-to-limit.ts';

const LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/** Rises by 1 a minute from 0, with a standard deviation of 10 at every step. */
function rising(sd = 10): Forecast {
  const rows = LEVELS.map((level) => Float64Array.from({ length: 120 }, (_, h) => h + 1 + sd * normalQuantile(level)));
  return { start: 1_700_000_060, step: 60, levels: LEVELS, rows };
}

test('the median passage is where the median passes', () => {
  expect(timeToLimit(rising(), { above: 60 }, [0.5])).toEqual(Float64Array.of(60 * 60));
});

test('a low quantile is the early time, a high one the late', () => {
  const [early, middle, late] = timeToLimit(rising(), { above: 60 }, [0.1, 0.5, 0.9]);
  expect(early).toBe(60 * Math.ceil(60 - 10 * 1.2816));
  expect(middle).toBe(60 * 60);
  expect(late).toBe(60 * Math.ceil(60 + 10 * 1.2816));
});

test('what does not come within the horizon is infinitely far', () => {
  expect(timeToLimit(rising(), { above: 500 }, [0.1, 0.9])).toEqual(Float64Array.of(Infinity, Infinity));
});

test('a falling series passes a limit below it', () => {
  const forecast = rising();
  const falling = { ...forecast, rows: forecast.rows.map((row) => row.map((v) => -v)).reverse() };
  expect(timeToLimit(falling, { below: -60 }, [0.5])).toEqual(Float64Array.of(60 * 60));
});

test('the probability is that of the normal distribution at the step, and never falls with time', () => {
  expect(limitProbability(rising(), { above: 60 }, 50 * 60)).toBeCloseTo(0.1587, 3);
  expect(limitProbability(rising(), { above: 60 }, 60 * 60)).toBeCloseTo(0.5, 3);
  expect(limitProbability(rising(), { above: 60 }, 86_400)).toBeCloseTo(1, 3);
  expect(limitProbability(rising(), { above: 60 }, 30)).toBe(0);
});

test('a band without width passes at once or never', () => {
  expect(timeToLimit(rising(0), { above: 60 }, [0.1, 0.9])).toEqual(Float64Array.of(3600, 3600));
  expect(limitProbability(rising(0), { above: 121 }, 86_400)).toBe(0);
});

test('a limit the series stands on counts as reached in both directions', () => {
  const rows = LEVELS.map(() => new Float64Array(10));
  const flat = { start: 0, step: 60, levels: LEVELS, rows };
  expect(limitProbability(flat, { above: 0 }, 600)).toBe(1);
  expect(limitProbability(flat, { below: 0 }, 600)).toBe(1);
});
