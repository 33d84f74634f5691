import { expect, test } from 'vitest';
import { copyLearnable } from './learnable.ts';

function learnt(values: number[], weights?: number[], step = 3600): number[] {
  const into = new Float64Array(values.length);
  const series = { start: 0, step, values: Float64Array.from(values), ...(weights ? { weights: Float64Array.from(weights) } : {}) };
  copyLearnable(series, into);
  return [...into];
}

test('takes what is finite and of a size that can be reckoned with', () => {
  expect(learnt([1, NaN, Infinity, -Infinity, 2e300, 4])).toEqual([1, NaN, NaN, NaN, NaN, 4]);
});

test('leaves out what has little weight', () => {
  expect(learnt([1, 2, 3, 4], [1, 0.02, 0.4, 0.5])).toEqual([1, NaN, NaN, 4]);
});

test('an outage that still goes on is left out for six hours, then it is where the series is', () => {
  expect(learnt([1, 2, 2, 2, 2, 2], [1, 0, 0, 0, 0, 0])).toEqual([1, NaN, NaN, NaN, NaN, NaN]);
  expect(learnt([1, 2, 2, 2, 2, 2, 2], [1, 0, 0, 0, 0, 0, 0])).toEqual([1, 2, 2, 2, 2, 2, 2]);
});

test('an outage that is over is left out unless it lasted two days', () => {
  const spell = (hours: number): number[] => [1, ...new Array<number>(hours).fill(0), 1];
  expect(learnt(spell(47), spell(47)).filter(Number.isFinite)).toHaveLength(2);
  expect(learnt(spell(48), spell(48)).filter(Number.isFinite)).toHaveLength(50);
});
