import { expect, test } from 'vitest';
import { areMisses, keptMisses, missesOf } from './kept-misses.ts';

test.each([
  [
    'with past extremes',
    { noise: 0.1, carried: 1 / 3, spanSeconds: 21_600, peaks: Float64Array.of(1, 2, 3), troughs: Float64Array.of(-1, 0, 0.5) },
  ],
  ['without', { noise: NaN, carried: 0, spanSeconds: 21_600, peaks: new Float64Array(0), troughs: new Float64Array(0) }],
])('misses %s come back as they were', (_, misses) => {
  const kept = keptMisses(misses);
  expect(missesOf(kept)).toEqual(misses);
  expect(areMisses(kept)).toBe(true);
});

test.each([
  ['too short', [1, 1, 1]],
  ['of more peaks than there are', [0, 0, 21_600, 3, 1, 2]],
  ['of half a peak', [0, 0, 21_600, 0.5, 1]],
  ['of fewer than no peaks', [0, 0, 21_600, -1, 1]],
])('numbers %s are no misses', (_, numbers) => {
  expect(areMisses(Float64Array.from(numbers))).toBe(false);
});
