import { expect, test } from 'vitest';
import { normalQuantile } from '../stats/normal.ts';
import type { Forecast } from '../stats/series.ts';
import { limitProbability, timeToLimit } from './time-to-limit.ts';

const LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/** A past in which every limit was passed all the time. */
const often = { peaks: new Float64Array(99).fill(1e9), troughs: new Float64Array(99).fill(-1e9), spanSeconds: 300 };

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
  expect(limitProbability(rising(), { above: 60 }, 50 * 60)).toBeCloseTo(0.1587, 2);
  expect(limitProbability(rising(), { above: 60 }, 60 * 60)).toBeCloseTo(0.5, 2);
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

test('what is forgotten at once gives a new chance at every step', () => {
  const rows = LEVELS.map((level) => new Float64Array(288).fill(10 * normalQuantile(level)));
  const flat = { start: 0, step: 300, levels: LEVELS, rows };
  // 2.3263 standard deviations: one step in a hundred lies above.
  expect(limitProbability(flat, { above: 23.263 }, 86_400)).toBeCloseTo(0.01, 2);
  const noisy = { ...flat, misses: { noise: 10, carried: 1, ...often } };
  expect(limitProbability(noisy, { above: 23.263 }, 100 * 300)).toBeCloseTo(1 - 0.99 ** 100, 1);
});

test('a walk that widens crosses twice as often as it ends past the limit', () => {
  const rows = LEVELS.map((level) => Float64Array.from({ length: 288 }, (_, h) => Math.sqrt(h + 1) * normalQuantile(level)));
  const walk = { start: 0, step: 300, levels: LEVELS, rows };
  // Reflection principle: P(max of a walk > a) = 2 P(end > a); somewhat less where one looks at whole steps alone.
  const end = 2 * 0.158_655;
  expect(limitProbability(walk, { above: Math.sqrt(288) }, 86_400)).toBeGreaterThan(end - 0.06);
  expect(limitProbability(walk, { above: Math.sqrt(288) }, 86_400)).toBeLessThan(end + 0.02);
});

test('the same forecast gives the same answer', () => {
  const noisy = { ...rising(), misses: { noise: 4, carried: 0.99, ...often } };
  expect(timeToLimit(noisy, { above: 60 }, [0.1, 0.5])).toEqual(timeToLimit(noisy, { above: 60 }, [0.1, 0.5]));
});

test('noise that never passed the limit before is not believed to do so now', () => {
  const rows = LEVELS.map((level) => new Float64Array(288).fill(10 * normalQuantile(level)));
  const never = { peaks: new Float64Array(56).fill(18), troughs: new Float64Array(56).fill(-18), spanSeconds: 21_600 };
  const flat = { start: 0, step: 300, levels: LEVELS, rows, misses: { noise: 10, carried: 0, ...never } };
  expect(limitProbability(flat, { above: 23.263 }, 86_400)).toBeLessThan(0.05);
  expect(limitProbability(flat, { above: 17 }, 86_400)).toBeGreaterThan(0.9);
});
