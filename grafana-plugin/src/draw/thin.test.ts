import { describe, expect, test } from 'vitest';
import { simplify, thin, within, type Columns } from './thin.ts';

const edges = (times: number[], lower: number[], upper = lower): Columns => ({
  times: Float64Array.from(times),
  lower: Float64Array.from(lower),
  upper: Float64Array.from(upper),
});
const plain = ({ times, lower, upper }: Columns): number[][] => [[...times], [...lower], [...upper]];

describe('thinning', () => {
  test('keeps the extremes of every column', () => {
    const dense = edges([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5, 1, 5, 5, 2, 5, 5, 5, 3, 5, 5], [6, 6, 9, 6, 6, 6, 8, 6, 6, 6, 7]);
    expect(plain(thin(dense, 4))).toEqual([
      [0, 4, 8],
      [1, 2, 3],
      [9, 8, 7],
    ]);
  });

  test('leaves sparse edges as they are', () => {
    const sparse = edges([0, 10, 20], [1, 2, 3]);
    expect(thin(sparse, 4)).toBe(sparse);
    expect(thin(edges([], []), 4).times).toHaveLength(0);
    expect(thin(edges([5], [1]), 4).times).toHaveLength(1);
  });

  test('keeps a gap as one entry, also where it lies inside a column, and none before the first sample', () => {
    const holed = edges([0, 1, 2, 3, 4, 5, 6, 7], [NaN, 1, NaN, NaN, NaN, 2, 3, NaN]);
    expect(plain(thin(holed, 4))).toEqual([
      [1, 2, 5, 7],
      [1, NaN, 2, NaN],
      [1, NaN, 3, NaN],
    ]);
  });

  test('gives the same columns for the same times, wherever the picture begins', () => {
    const times = Array.from({ length: 200 }, (_, index) => 1_000_000 + index * 7);
    const values = times.map((time) => Math.sin(time));
    const whole = thin(edges(times, values), 50);
    const later = thin(edges(times.slice(50), values.slice(50)), 50);
    const last = ({ times, lower, upper }: Columns): Float64Array[] => [times, lower, upper].map((one) => one.slice(-10));
    expect(last(later)).toEqual(last(whole));
  });

  test('a part has one entry beyond either end', () => {
    expect([...within(edges([0, 10, 20, 30, 40], [1, 2, 3, 4, 5]), 12, 28).times]).toEqual([10, 20, 30]);
    expect([...within(edges([0, 10], [1, 2]), 50, 60).times]).toEqual([10]);
  });
});

describe('simplifying', () => {
  const of = (ys: number[], tolerance: number): number[] => [
    ...simplify(
      Float64Array.from(ys, (_, x) => x),
      Float64Array.from(ys),
      tolerance,
    ),
  ];

  test('a straight line needs its ends alone', () => {
    expect(of([0, 1, 2, 3, 4], 0.1)).toEqual([0, 4]);
  });

  test('keeps the corner', () => {
    expect(of([0, 1, 2, 1, 0], 0.1)).toEqual([0, 2, 4]);
  });

  test('keeps ends however few there are', () => {
    expect(of([], 0.1)).toEqual([]);
    expect(of([7], 0.1)).toEqual([0]);
    expect(of([7, 9], 0.1)).toEqual([0, 1]);
  });

  test.each([0.05, 0.4, 3])('no point is farther than %d from the line through what is kept', (tolerance) => {
    const ys = Array.from({ length: 500 }, (_, x) => 30 * Math.sin(x / 17) + 4 * Math.sin(x * 12.9898));
    const kept = of(ys, tolerance);
    for (const [place, index] of kept.slice(1).entries()) {
      const start = kept[place]!;
      for (let x = start; x <= index; x++) {
        const line = ys[start]! + ((ys[index]! - ys[start]!) * (x - start)) / (index - start);
        expect(Math.abs(ys[x]! - line)).toBeLessThanOrEqual(tolerance + 1e-9);
      }
    }
    expect(kept.length).toBeLessThanOrEqual(ys.length);
  });

  test('of a smooth line a tenth is enough', () => {
    expect(
      of(
        Array.from({ length: 1000 }, (_, x) => 50 * Math.sin(x / 80)),
        0.4,
      ).length,
    ).toBeLessThan(100);
  });
});
