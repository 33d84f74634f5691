import { describe, expect, test } from 'vitest';
import { clip, toTrack, valueAt, valueNear } from './track.ts';

const plain = (times: (number | null)[], values: (number | null)[], interval?: number) => {
  const { track, faults } = toTrack(times, values, interval);
  return { times: [...track.times], values: [...track.values], ...faults };
};

describe('a track', () => {
  test.each([
    ['nothing', [], [], { times: [], values: [] }],
    ['one point', [5], [1], { times: [5], values: [1] }],
    ['gaps only', [1, 2], [null, null], { times: [1, 2], values: [NaN, NaN] }],
    ['infinite values as gaps', [1, 2, 3], [1, Infinity, -Infinity], { times: [1, 2, 3], values: [1, NaN, NaN], infinite: 2 }],
    ['times in order', [3, 1, 2], [30, 10, 20], { times: [1, 2, 3], values: [10, 20, 30], outOfOrder: 2 }],
    ['the last of two samples at one time', [1, 1, 2], [10, 11, 20], { times: [1, 2], values: [11, 20], duplicate: 1 }],
    ['no sample without a time', [null, 2, NaN], [1, 2, 3], { times: [2], values: [2] }],
  ])('keeps %s', (_name, times, values, wanted) => {
    expect(plain(times, values)).toMatchObject(wanted);
  });

  test('opens a gap where samples are missing', () => {
    expect(plain([0, 10, 40, 50], [1, 2, 3, 4], 10)).toMatchObject({ times: [0, 10, 20, 40, 50], values: [1, 2, NaN, 3, 4] });
  });

  test('is clipped with both ends kept', () => {
    const { track } = toTrack([1, 2, 3, 4], [1, 2, 3, 4]);
    expect([...clip(track, 2, 3).times]).toEqual([2, 3]);
    expect([...clip(track, 5, 9).times]).toEqual([]);
  });

  test('is read between samples on the straight line, beside them from the nearest', () => {
    const { track } = toTrack([0, 10, 20], [0, 1, null]);
    expect(valueAt(track, 5)).toBe(0.5);
    expect(valueAt(track, 15)).toBeNaN();
    expect(valueAt(track, -1)).toBeNaN();
    expect(valueNear(track, 8, 3)).toBe(1);
    expect(valueNear(track, 5.5, 3)).toBeNaN();
  });
});
