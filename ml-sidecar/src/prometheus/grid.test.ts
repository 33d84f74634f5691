import { describe, expect, it } from 'vitest';
import { toGrid } from './grid.ts';

const lay = (samples: readonly (readonly [number, number])[], start: number, step: number, length: number) => {
  const times = Float64Array.from(samples, ([time]) => time);
  const values = Float64Array.from(samples, ([, value]) => value);
  const { values: grid, nan, infinite } = toGrid({ times, values }, start, step, length);
  return { grid: [...grid], nan, infinite };
};

describe('toGrid', () => {
  it.each([
    ['nothing', [], [NaN, NaN, NaN]],
    [
      'a full row',
      [
        [60, 1],
        [120, 2],
        [180, 3],
      ],
      [1, 2, 3],
    ],
    [
      'a gap',
      [
        [60, 1],
        [180, 3],
      ],
      [1, NaN, 3],
    ],
    [
      'milliseconds that floating point bent',
      [
        [60.0000001, 1],
        [119.9999999, 2],
      ],
      [1, 2, NaN],
    ],
    ['a sample between two grid times: it counts for the later', [[61, 1]], [NaN, 1, NaN]],
    [
      'several samples of one cell: the last wins',
      [
        [61, 1],
        [90, 2],
        [119, 5],
      ],
      [NaN, 5, NaN],
    ],
    ['a sample just before the start', [[30, 4]], [4, NaN, NaN]],
    [
      'samples outside',
      [
        [-1e15, 1],
        [0, 1],
        [181, 1],
        [1e300, 1],
      ],
      [NaN, NaN, NaN],
    ],
    ['a time that is no number', [[NaN, 1]], [NaN, NaN, NaN]],
  ] as const)('lays out %s', (_, samples, wanted) => {
    expect(lay(samples, 60, 60, 3).grid).toEqual(wanted);
  });

  it('makes NaN and infinities gaps and counts them', () => {
    expect(
      lay(
        [
          [0, NaN],
          [1, Infinity],
          [2, -Infinity],
          [3, 7],
          [3, NaN],
        ],
        0,
        1,
        4,
      ),
    ).toEqual({ grid: [NaN, NaN, NaN, NaN], nan: 2, infinite: 2 });
  });

  it('works on steps that binary fractions cannot hold', () => {
    const times = Array.from({ length: 1000 }, (_, i) => [Math.round((1.7e9 + i * 0.1) * 1000) / 1000, i] as const);
    expect(lay(times, 1.7e9, 0.1, 1000).grid).toEqual(times.map(([, i]) => i));
  });
});
