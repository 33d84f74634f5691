import { describe, expect, it } from 'vitest';
import type { Series } from '../../stats/series.ts';
import { explain } from './explain.ts';

const DAY = 288;
const midnight = 1_700_006_400;

/** Fifteen days of a wave between 80 (at 18:00) and 120 (at 06:00), ended by `change`. */
function wave(change: (values: Float64Array) => void, days = 15): Series {
  const values = Float64Array.from({ length: days * DAY }, (_, t) => 100 + 20 * Math.sin((2 * Math.PI * t) / DAY));
  change(values);
  return { start: midnight, step: 300, values };
}
const expected = { value: 100, spread: 2, level: 100, season: 0 };

describe('an explanation', () => {
  it('says what was expected and by how much it was missed', () => {
    const told = explain(
      wave((values) => values.fill(150, -1)),
      expected,
    );
    expect(told).toMatchObject({ observed: 150, miss: 50, spreads: 25 });
    expect(told.explainedBy).toBeUndefined();
  });

  it('sees that it was so a week ago, or yesterday', () => {
    const weekly = wave((values) => {
      values[15 * DAY - 1 - 7 * DAY] = 151;
      values[15 * DAY - 1] = 150;
    });
    expect(explain(weekly, expected).explainedBy).toMatchObject({ kind: 'last-week', value: 151, spreads: 0.5 });
    const daily = wave((values) => {
      values[14 * DAY - 1] = 149;
      values[15 * DAY - 1] = 150;
    });
    expect(explain(daily, expected).explainedBy?.kind).toBe('yesterday');
  });

  it('sees a new level and since when it holds', () => {
    const shifted = wave((values) => values.fill(170, 15 * DAY - 24));
    expect(explain(shifted, expected).explainedBy).toEqual({
      kind: 'new-level',
      value: 170,
      spreads: 0,
      level: 170,
      since: midnight + (15 * DAY - 24) * 300,
    });
    const short = wave((values) => values.fill(170, 15 * DAY - 3));
    expect(explain(short, expected).readings.map(({ kind }) => kind)).not.toContain('new-level');
  });

  it('sees what is usual at another time of day', () => {
    const early = wave((values) => values.fill(119.7, -1));
    expect(explain(early, expected).explainedBy).toMatchObject({ kind: 'other-time-of-day' });
    const { explainedBy } = explain(early, expected);
    expect(explainedBy?.kind === 'other-time-of-day' && [5, 6].includes(explainedBy.secondOfDay / 3600)).toBe(true);
  });

  it.each([
    ['one value', Float64Array.of(5)],
    ['nothing but gaps before', Float64Array.of(NaN, NaN, NaN, 5)],
  ])('bears a history of %s', (_, values) => {
    const told = explain({ start: midnight, step: 300, values }, expected);
    expect(told.readings).toEqual([]);
    expect(told.miss).toBe(-95);
  });
});
