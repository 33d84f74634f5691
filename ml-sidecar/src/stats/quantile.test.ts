import { describe, expect, test } from 'vitest';
import { madInPlace } from './mad.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { medianInPlace, quantileInPlace, quantileSorted } from './quantile.ts';
import { seededRandom } from './random.ts';
import { selectInPlace } from './select.ts';

describe('selectInPlace', () => {
  test('finds every rank of a shuffled, a sorted, a reversed and a constant array', () => {
    const random = seededRandom(3);
    const shapes = [() => Math.floor(random() * 20), (i: number) => i, (i: number) => 100 - i, () => 4];
    for (const shape of shapes) {
      const sorted = Float64Array.from({ length: 101 }, (_, i) => shape(i)).sort();
      for (let rank = 0; rank < 101; rank++) expect(selectInPlace(sorted.toReversed(), rank, 101)).toBe(sorted[rank]);
    }
  });

  test('leaves what lies past the count alone', () => {
    const values = Float64Array.of(3, 1, 2, -9);
    expect(selectInPlace(values, 0, 3)).toBe(1);
    expect(values[3]).toBe(-9);
  });
});

describe('quantiles', () => {
  // R 4.2: quantile(c(1, 3, 4, 8, 12, 20), c(0, .1, .25, .5, .9, 1)), type 7.
  test.each([
    [0, 1],
    [0.1, 2],
    [0.25, 3.25],
    [0.5, 6],
    [0.9, 16],
    [1, 20],
  ])('at %d as R gives them', (level, wanted) => {
    expect(quantileInPlace(Float64Array.of(20, 8, 1, 12, 4, 3), 6, level)).toBeCloseTo(wanted, 12);
    expect(quantileSorted([1, 3, 4, 8, 12, 20], 6, level)).toBeCloseTo(wanted, 12);
  });

  test('of nothing are NaN, of one value that value', () => {
    expect(quantileInPlace(new Float64Array(4), 0, 0.5)).toBeNaN();
    expect(medianInPlace(Float64Array.of(5), 1)).toBe(5);
  });

  test('the MAD of 1, 1, 2, 2, 4, 6, 9 is 1 before scaling', () => {
    expect(madInPlace(Float64Array.of(1, 1, 2, 2, 4, 6, 9), 7)).toBeCloseTo(1.482602218505602, 12);
  });
});

test('the normal quantile and distribution agree with the printed tables, and with each other', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 8);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167813, 8);
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalCdf(1)).toBeCloseTo(0.841344746068543, 6);
  for (let level = 0.005; level < 1; level += 0.005) expect(normalCdf(normalQuantile(level))).toBeCloseTo(level, 6);
});
