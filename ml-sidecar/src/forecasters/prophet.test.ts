import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seededRandom } from '../stats/random.ts';
import type { Series } from '../stats/series.ts';
import { inLocalTime } from './local-time.ts';
import { fitProphet } from './prophet-fit.ts';
import type { ProphetFit } from './prophet-fit.ts';
import { prophetGrid } from './prophet-grid.ts';
import { bandRows } from './prophet-bands.ts';
import { prophet } from './prophet.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const references = z
  .array(
    z.object({
      name: z.string(),
      start: z.number(),
      step: z.number(),
      values: z.array(z.number().nullable()),
      holidayDays: z.array(z.number()).optional(),
      sigma: z.number(),
      change: z.number(),
      objective: z.number(),
      leads: z.array(z.number()),
      centre: z.array(z.number()),
      lower: z.array(z.number()),
      upper: z.array(z.number()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../testdata/reference/prophet.json', import.meta.url), 'utf8')));
type Reference = (typeof references)[number];

function seriesOf({ start, step, values, holidayDays }: Reference): Series {
  const holidays = new Map((holidayDays ?? []).map((day) => [Math.floor(start / DAY) + day, 'holiday']));
  return { start, step, values: Float64Array.from(values, (value) => value ?? NaN), holidays };
}

/** What Prophet's Stan program minimises, written down once more from its definition. */
function objectiveOf(series: Series, fit: ProphetFit): number {
  const { values } = series;
  const grid = prophetGrid(values.length, series.step);
  const seen = values.filter((value) => !Number.isNaN(value));
  const low = Math.min(...seen);
  const span = Math.max(...seen) - low;
  const [level, slope, ...rest] = fit.smooth;
  let sum = seen.length * Math.log(fit.noise) + 2 * fit.noise ** 2 + (level ** 2 + slope ** 2) / 50;
  for (const size of fit.changes) sum += Math.abs(size) / 0.05;
  for (const size of rest) sum += size ** 2 / 200;
  const last = values.length - 1;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    let expected = level + (slope * i) / last;
    fit.changes.forEach((size, j) => (expected += (size * Math.max(0, i - grid.changes[j])) / last));
    grid.angles.forEach((angle, pair) => {
      expected += rest[2 * pair] * Math.sin(angle * i) + rest[2 * pair + 1] * Math.cos(angle * i);
    });
    if (series.holidays?.has(Math.floor((series.start + i * series.step) / DAY))) expected += rest[rest.length - 1];
    sum += ((value - low) / span - expected) ** 2 / (2 * fit.noise ** 2);
  });
  return sum;
}

function fitOf(series: Series): ProphetFit {
  const { values, holidays } = series;
  const seen = values.filter((value) => !Number.isNaN(value));
  const low = Math.min(...seen);
  const span = Math.max(...seen) - low;
  const scaled = values.map((value) => (Number.isNaN(value) ? 0 : (value - low) / span));
  const known = Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
  const day = (i: number): number => Math.floor((series.start + i * series.step) / DAY);
  const holiday = holidays?.size ? Uint8Array.from(values, (_, i) => (holidays.has(day(i)) ? 1 : 0)) : null;
  return fitProphet(prophetGrid(values.length, series.step), scaled, known, holiday);
}

describe.each(references.map((reference) => [reference.name, reference] as const))('against augurs, %s', (_name, reference) => {
  const series = seriesOf(reference);
  const known = reference.values.filter((value) => value !== null);
  const span = Math.max(...known) - Math.min(...known);

  test('finds parameters at least as likely as those of Stan, and as much noise', () => {
    const fit = fitOf(series);
    expect(objectiveOf(series, fit)).toBeLessThanOrEqual(reference.objective + 1e-3);
    expect(objectiveOf(series, fit)).toBeGreaterThan(reference.objective - 2);
    expect(Math.abs(fit.noise / reference.sigma - 1)).toBeLessThan(0.015);
  });

  test('forecasts the same two days within 1.5 % of the range of the series', () => {
    const [centre] = prophet.fit(series).forecast(2 * (DAY / series.step), [0.5]).rows;
    reference.leads.forEach((lead, k) => expect(Math.abs(centre[lead - 1] - reference.centre[k])).toBeLessThan(0.015 * span));
  });

  test('draws the band of 80 % as wide as simulation does, within five hundredths', () => {
    const { rows } = prophet.fit(series).forecast(2 * (DAY / series.step), [0.1, 0.9]);
    reference.leads.forEach((lead, k) => {
      const width = rows[1][lead - 1] - rows[0][lead - 1];
      expect(Math.abs(width / (reference.upper[k] - reference.lower[k]) - 1)).toBeLessThan(0.05);
    });
  });
});

describe('prophet', () => {
  const hourly = (count: number, at: (i: number) => number): Series => ({
    start: 1_699_833_600,
    step: HOUR,
    values: Float64Array.from({ length: count }, (_, i) => at(i)),
  });

  test('expects of the next holiday what the last ones did', () => {
    const random = seededRandom(3);
    const start = 1_699_833_600;
    const off = [3, 10, 17, 28];
    const on = (i: number): boolean => off.includes(Math.floor(i / 24));
    const series = hourly(672, (i) => 50 + 5 * Math.sin((2 * Math.PI * i) / 24) - (on(i) ? 20 : 0) + random());
    const holidays = new Map(off.map((day) => [Math.floor(start / DAY) + day, 'day off']));
    const [blind] = prophet.fit(series).forecast(24, [0.5]).rows;
    const [told] = prophet.fit({ ...series, holidays }).forecast(24, [0.5]).rows;
    for (let h = 0; h < 24; h++) expect(Math.abs(told[h] - (30.5 + 5 * Math.sin((2 * Math.PI * h) / 24)))).toBeLessThan(1);
    expect(blind[12] - told[12]).toBeGreaterThan(10);
  });

  test('counts holidays by the days of the wall clock', () => {
    const random = seededRandom(10);
    const start = 1_699_833_600;
    const off = [4, 9, 14];
    const ahead = 8 * HOUR;
    const on = (i: number): boolean => off.includes(Math.floor((i * HOUR + ahead) / DAY));
    const series = { ...hourly(328, (i) => (on(i) ? 30 : 50) + random()), wallOffset: () => ahead };
    const holidays = new Map(off.map((day) => [Math.floor(start / DAY) + day, 'day off']));
    const [centre] = inLocalTime(prophet)
      .fit({ ...series, holidays })
      .forecast(34, [0.5]).rows;
    for (let h = 0; h < 34; h++) expect(Math.abs(centre[h] - (on(328 + h) ? 30.5 : 50.5))).toBeLessThan(2);
  });

  test('learns nothing of holidays from a history without any', () => {
    const random = seededRandom(4);
    const series = hourly(240, (i) => 5 + Math.sin((2 * Math.PI * i) / 24) + random());
    const holidays = new Map([[Math.floor(series.start / DAY) + 10, 'to come']]);
    expect(prophet.fit({ ...series, holidays }).forecast(24, [0.5])).toEqual(prophet.fit(series).forecast(24, [0.5]));
  });

  test('keeps to the hours of the wall clock when clocks change', () => {
    const change = 1_699_833_600 + 10 * DAY;
    const wallOffset = (time: number): number => (time < change ? 7200 : 3600);
    const random = seededRandom(5);
    const noon = (time: number): number => Math.cos((2 * Math.PI * (time + wallOffset(time) - DAY / 2)) / DAY);
    const series = { ...hourly(240, (i) => 10 * noon(1_699_833_600 + i * HOUR) + random()), wallOffset };
    const [centre] = inLocalTime(prophet).fit(series).forecast(24, [0.5]).rows;
    // The hour that comes twice is forecast once: the first step repeats what has been.
    for (let h = 1; h < 24; h++) expect(Math.abs(centre[h] - 10 * noon(change + h * HOUR) - 0.5)).toBeLessThan(0.5);
  });

  test('follows a slope that turned within the history', () => {
    const random = seededRandom(6);
    const series = hourly(240, (i) => Math.max(0, i - 120) + 5 * random());
    const [centre] = prophet.fit(series).forecast(48, [0.5]).rows;
    expect(Math.abs(centre[47] - (287 - 120 + 2.5))).toBeLessThan(6);
  });

  test('widens its bands by the slopes to come as a simulation of them does', () => {
    const bands = { rate: 25 / 240, change: 0.02, noise: 0.1 };
    const random = seededRandom(8);
    const exponential = (): number => -Math.log(1 - random());
    const away = Float64Array.from({ length: 20_000 }, () => {
      let sum = bands.noise * Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * random());
      for (let time = exponential() / bands.rate; time < 48; time += exponential() / bands.rate) {
        sum += (random() < 0.5 ? -1 : 1) * exponential() * bands.change * (48 - time);
      }
      return sum;
    }).sort();
    const levels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
    const rows = bandRows(bands, 48, levels);
    const deviation = away[Math.floor(0.841 * away.length)];
    levels.forEach((level, i) => {
      expect(Math.abs(rows[i][47] - away[Math.floor(level * away.length)])).toBeLessThan(0.06 * deviation * Math.max(1, Math.abs(i - 3)));
    });
  });
});
