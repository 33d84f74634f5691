import { expect, test } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { auto } from './auto.ts';
import { inLocalTime } from './local-time.ts';

const DAY = 96;
const step = 900;
const seconds = 86_400;

/** Three weeks that end with a Wednesday; busy from 8 to 18 on weekdays, a fifth of it at weekends. `shift`: hours of local time. */
function office(shift = 0): Series {
  const random = seededRandom(4);
  const start = Date.parse('2026-05-07T00:00:00Z') / 1000 - 21 * seconds - 3600 * shift;
  const values = Float64Array.from({ length: 21 * DAY }, (_, i) => valueAt(start + i * step + 3600 * shift) * (0.95 + 0.1 * random()));
  return { start, step, values, ...(shift === 0 ? {} : { wallOffset: () => 3600 * shift }) };
}

/** Value at local time `time`. */
function valueAt(time: number): number {
  const hour = (time / 3600) % 24;
  const weekday = (Math.floor(time / seconds) + 4) % 7;
  return 10 + (hour >= 8 && hour < 18 ? 90 : 0) * (weekday === 0 || weekday === 6 ? 0.2 : 1);
}

const ascension = Math.floor(Date.parse('2026-05-07T00:00:00Z') / 1000 / seconds);
const noon = 12 * 4;

test.each([0, 9, -7])('a holiday in the week is forecast as a weekend, at %d hours of local time', (shift) => {
  const model = inLocalTime(auto);
  const series = office(shift);
  const holidays = new Map([[ascension, 'Ascension Day']]);
  const ordinary = model.fit(series, DAY).forecast(DAY, [0.1, 0.5, 0.9]).rows;
  const free = model.fit({ ...series, holidays }, DAY).forecast(DAY, [0.1, 0.5, 0.9]).rows;
  expect(ordinary[1][noon]).toBeGreaterThan(85);
  expect(free[1][noon]).toBeGreaterThan(22);
  expect(free[1][noon]).toBeLessThan(34);
  expect(free[0][noon]).toBeLessThanOrEqual(free[1][noon]);
  expect(free[2][noon]).toBeLessThan(50);
  // The night is as any night.
  expect(Math.abs(free[1][8] - ordinary[1][8])).toBeLessThan(1.5);
});

test('a holiday at a weekend, one long past and one after the horizon change nothing', () => {
  const series = office();
  const holidays = new Map([ascension + 2, ascension - 500, ascension + 1].map((day) => [day, 'elsewhere']));
  expect(auto.fit({ ...series, holidays }, DAY).forecast(DAY, [0.5])).toEqual(auto.fit(series, DAY).forecast(DAY, [0.5]));
});

test('where weekends are as other days, so are holidays', () => {
  const series = { ...office(), values: office().values.map((_, i) => 10 + (i % DAY)) };
  const holidays = new Map([[ascension, 'Ascension Day']]);
  expect(auto.fit({ ...series, holidays }, DAY).forecast(DAY, [0.5])).toEqual(auto.fit(series, DAY).forecast(DAY, [0.5]));
});
