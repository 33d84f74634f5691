import { describe, expect, test } from 'vitest';
import { readModel } from '../model/readModel.ts';
import { source } from '../model/sources.fixture.ts';
import { logRange, yRange } from './yRange.ts';

const view = { from: 0, to: 1000 };
const fan = (low: number, high: number, values = [1, 2], limit?: number) =>
  readModel(
    [
      source({ instance: 'a' }, [0, 100], values, {
        limits: limit === undefined ? [] : [{ name: 'l', side: 'above', value: limit, color: '' }],
      }),
      source({ __name__: 'presage_forecast', instance: 'a', quantile: '0.025' }, [100, 200], [low, low]),
      source({ __name__: 'presage_forecast', instance: 'a', quantile: '0.975' }, [100, 200], [high, high]),
    ],
    { shares: [0.95], threshold: 1 },
    100,
  ).series;

describe('the y range', () => {
  test('holds history and band with room to breathe', () => {
    const [low, high] = yRange(fan(1, 3), view, {});
    expect([low, high]).toEqual([expect.closeTo(0.88), expect.closeTo(3.12)]);
  });

  test('is not dragged below zero by the band of values that cannot be negative', () => {
    expect(yRange(fan(-5, 2), view, {})[0]).toBe(0);
    expect(yRange(fan(-5, 2, [-1, 2]), view, {})[0]).toBeLessThan(-1);
  });

  test('is not flattened by a fan that explodes', () => {
    expect(yRange(fan(0, 1e6), view, {})[1]).toBeLessThan(5);
  });

  test.each([
    [3, 'takes in a limit nearby', 3],
    [500, 'leaves out a limit far away', 2.2],
  ])('%d: %s', (limit, _name, most) => {
    expect(yRange(fan(1, 2, [1, 2], limit), view, {})[1]).toBeGreaterThanOrEqual(Math.min(most, 2));
    expect(yRange(fan(1, 2, [1, 2], limit), view, {})[1]).toBeLessThanOrEqual(most * 1.1);
  });

  test('obeys the bounds of the field', () => {
    expect(yRange(fan(1, 2), view, { min: -10, max: 10 })).toEqual([-10, 10]);
    expect(yRange(fan(1, 2), view, { softMin: 0 })[0]).toBe(0);
    expect(yRange(fan(1, 2), view, { centeredZero: true })).toEqual([expect.closeTo(-2.06), expect.closeTo(2.06)]);
  });

  test.each([
    ['nothing', []],
    ['gaps', [NaN, NaN]],
    ['a constant', [7, 7]],
    ['zeros', [0, 0]],
  ])('is a range even for %s', (_name, values) => {
    const series = readModel([source({}, [0, 100], values)], { shares: [], threshold: 1 }, 100).series;
    const [low, high] = yRange(series, view, {});
    expect(high).toBeGreaterThan(low);
  });
});

describe('the range of a logarithmic axis', () => {
  test('is whole powers around history and band', () => {
    expect(logRange(fan(3, 700, [20, 30]), view, {}, 10)).toEqual([1, 1000]);
    expect(logRange(fan(3, 700, [20, 30]), view, {}, 2)).toEqual([2, 1024]);
  });

  test('passes over what is at or below zero', () => {
    expect(logRange(fan(-5, 700, [0, 30]), view, {}, 10)).toEqual([10, 1000]);
    expect(logRange(fan(-5, -1, [-3, 0]), view, {}, 10)).toEqual([1, 10]);
    expect(logRange([], view, {}, 2)).toEqual([1, 2]);
  });

  test('is not flattened by a fan that explodes, and is never empty', () => {
    expect(logRange(fan(1e-9, 1e12, [10, 20]), view, {}, 10)).toEqual([0.1, 10_000]);
    expect(logRange(fan(10, 10, [10, 10]), view, {}, 10)).toEqual([10, 100]);
  });

  test('obeys the bounds of the field where they can be met', () => {
    expect(logRange(fan(3, 700, [20, 30]), view, { min: 5, max: 50 }, 10)).toEqual([5, 50]);
    expect(logRange(fan(3, 700, [20, 30]), view, { min: 0, max: 0.5 }, 10)).toEqual([1, 1000]);
  });
});
