import { describe, expect, test } from 'vitest';
import type { Series } from '../stats/series.ts';
import { forecasters } from './index.ts';

const HOUR = 3600;
/** 2024-03-31 01:00 UTC, when clocks in Berlin went from 02:00 to 03:00. */
const SPRING = 1_711_846_800;
/** 2024-10-27 01:00 UTC, when they went from 03:00 back to 02:00. */
const AUTUMN = 1_729_990_800;

/** Busy from 9 to 17 by the clock on the wall of Berlin, for three weeks up to `origin`. */
function officeHours(change: number, before: number, after: number, origin: number): Series {
  const wallOffset = (time: number): number => (time < change ? before : after);
  const start = origin - 21 * 24 * HOUR + 300;
  const values = Float64Array.from({ length: 21 * 288 }, (_, i) => {
    const time = start + i * 300;
    const hour = ((((time + wallOffset(time)) / HOUR) % 24) + 24) % 24;
    return hour >= 9 && hour < 17 ? 100 : 10;
  });
  return { start, step: 300, values, wallOffset };
}

// These have no day of their own.
const seasonal = forecasters.filter(({ name }) => !['last-value', 'drift', 'cycle'].includes(name));

describe.each(seasonal.map((forecaster) => [forecaster.name, forecaster] as const))('%s', (_name, forecaster) => {
  test.each([
    ['the clocks go forward in the coming night', SPRING, HOUR, 2 * HOUR, SPRING - 6 * HOUR],
    ['they went forward last night', SPRING, HOUR, 2 * HOUR, SPRING + 5 * HOUR],
    ['they go back in the coming night', AUTUMN, 2 * HOUR, HOUR, AUTUMN - 6 * HOUR],
    ['they went back last night', AUTUMN, 2 * HOUR, HOUR, AUTUMN + 5 * HOUR],
  ])('expects the office to open by the clock when %s', (_when, change, before, after, origin) => {
    const series = officeHours(change, before, after, origin);
    const forecast = forecaster.fit(series).forecast(288, [0.5]);
    const open = forecast.rows[0].findIndex((value) => value > 55);
    const time = forecast.start + open * 300;
    const hour = (((time + (series.wallOffset?.(time) ?? 0)) / HOUR) % 24).toFixed(1);
    expect(forecast.start).toBe(origin + 300);
    expect(Number(hour)).toBeGreaterThanOrEqual(8.7);
    expect(Number(hour)).toBeLessThanOrEqual(9.3);
  });
});
