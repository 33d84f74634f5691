import { describe, expect, test } from 'vitest';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';
import type { Series } from './series.ts';
import { missMemoryOf, structureOf } from './variogram.ts';

function seriesOf(seed: number, next: (i: number, gaussian: () => number) => number, length = 4032): Series {
  const random = seededRandom(seed);
  const gaussian = (): number => normalQuantile(0.5 + (random() - 0.5) * 0.999_999);
  return { start: 1_700_006_400, step: 300, values: Float64Array.from({ length }, (_, i) => next(i, gaussian)) };
}

function walk(seed: number, drift = 0): Series {
  let level = 0;
  return seriesOf(seed, (_, gaussian) => (level += gaussian() + drift));
}

describe('the structure of a series', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is white noise for independent values (seed %d)', (seed) => {
    expect(structureOf(seriesOf(seed, (_, gaussian) => 20 + gaussian()))).toBe('white noise');
  });

  test('is a random walk for the sum of independent values, nearly always', () => {
    const verdicts = Array.from({ length: 40 }, (_, seed) => structureOf(walk(seed + 100)));
    expect(verdicts.filter((verdict) => verdict === 'random walk').length).toBeGreaterThanOrEqual(34);
    expect(verdicts).not.toContain('white noise');
  });

  test.each<[string, Series]>([
    ['a daily season', seriesOf(1, (i, gaussian) => 5 * Math.sin((2 * Math.PI * i) / 288) + gaussian())],
    ['a leak', walk(1, 0.2)],
    ['a saw-tooth', seriesOf(1, (i, gaussian) => (i % 97) + gaussian())],
    ['a level that wanders under noise', seriesOf(1, (i, gaussian) => 8 * Math.sin(i / 700) + gaussian())],
    ['a constant', seriesOf(1, () => 3)],
    ['two days', seriesOf(1, (_, gaussian) => gaussian(), 576)],
  ])('is some for %s', (_, series) => {
    expect(structureOf(series)).toBe('some');
  });
});

describe('the memory of misses', () => {
  test('is noise alone for white noise, and none for a walk', () => {
    const noise = missMemoryOf(seriesOf(1, (_, gaussian) => 3 * gaussian()));
    expect(noise.noise).toBeGreaterThan(2.5);
    expect(noise.noise).toBeLessThan(3.3);
    const walked = missMemoryOf(walk(1));
    expect(walked.noise).toBeLessThan(0.4);
    expect(walked.carried).toBeGreaterThan(0.99);
  });

  test('fades as fast as an autoregression of a tenth a step', () => {
    let level = 0;
    const { carried } = missMemoryOf(seriesOf(3, (_, gaussian) => (level = 0.9 * level + gaussian())));
    expect(carried).toBeGreaterThan(0.8);
    expect(carried).toBeLessThan(0.95);
  });

  test('holds the extremes of each six hours, ascending', () => {
    const { peaks, troughs, spanSeconds } = missMemoryOf(seriesOf(1, (i) => (i % 72 === 5 ? 100 + i : i % 72 === 6 ? -i : 0), 300));
    expect(spanSeconds).toBe(21_600);
    expect([...peaks]).toEqual([177, 249, 321, 393]);
    expect(troughs).toHaveLength(4);
  });

  test('of a constant is nothing', () => {
    expect(missMemoryOf(seriesOf(1, () => 3))).toMatchObject({ noise: 0, carried: 0 });
  });
});
