import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ml-sidecar/src/stats/random.ts';
import { mediansOf, trendOf } from './slope.ts';

describe('the trend of a soak', () => {
  it('is what a straight line says', () => {
    const { mean, growth, low, high } = trendOf(Array.from({ length: 200 }, (_, i) => 95 + (10 * (i + 0.5)) / 200));
    expect(mean).toBeCloseTo(100, 6);
    expect(growth).toBeCloseTo(0.1, 6);
    expect(high - low).toBeLessThan(0.001);
  });

  it.each([240, 20, 13, 10])(
    'holds the truth in its interval, nineteen times of twenty, where %i values are nothing but noise',
    (length) => {
      const random = seededRandom(7);
      let missed = 0;
      for (let round = 0; round < 400; round++) {
        const { low, high } = trendOf(Array.from({ length }, () => 100 + random()));
        if (low > 0 || high < 0) missed++;
      }
      expect(missed / 400).toBeGreaterThan(0.02);
      expect(missed / 400).toBeLessThan(0.09);
    },
  );

  it('does not see what passes, where medians are taken', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i > 300 && i % 3 === 0 ? 180 : 100));
    expect(trendOf(values).growth).toBeGreaterThan(0.1);
    expect(trendOf(mediansOf(values)).growth).toBe(0);
    expect(mediansOf([1, 2, 3, 9, 8, 7], 2)).toEqual([2, 8]);
  });

  it('refuses too few values', () => {
    expect(() => trendOf([1, 2, 3])).toThrow('got 3 values, want at least 10');
  });
});
