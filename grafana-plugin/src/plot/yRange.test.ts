import { describe, expect, test } from 'vitest';
import { readModel } from '../model/readModel.ts';
import { source } from '../model/sources.fixture.ts';
import { yRange } from './yRange.ts';

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
