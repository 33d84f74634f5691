import { copyLearnable } from '../stats/learnable.ts';
import { dayProfile } from '../stats/profile.ts';
import type { Series } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { daySlot, localDay } from '../stats/wall-clock.ts';
import { isWeekend } from '../stats/weekend.ts';
import { createWorkspace } from '../stats/workspace.ts';

const known = createWorkspace();
const masked = createWorkspace();

/** Days of each kind that must be known before they are told apart. */
const LEAST_FREE_DAYS = 2;
const LEAST_WORKDAYS = 5;
/** Free days must lie this many times as far from the profile of workdays as from their own. */
const DIFFERENT = 1.5;

/** The series as models see it that know no calendar. */
export function withoutHolidays(series: Series): Series {
  if (!series.holidays) return series;
  const { start, step, values, weights, wallOffset } = series;
  return { start, step, values, ...(weights ? { weights } : {}), ...(wallOffset ? { wallOffset } : {}) };
}

/**
 * Brings the quantiles in `rows[level * steps + h]`, forecast as if every holiday ahead were an ordinary day, to what a free day is
 * like: as much lower or higher as weekends are at that time of the day. In proportion where the series never is negative, so that
 * bands shrink with the level. Does nothing where weekends are like other days, or too few are known to say. `profile`: that of
 * the series' day; without one nothing is done.
 */
export function followHolidays(series: Series, profile: Float64Array | null, steps: number, rows: Float64Array): void {
  const { holidays } = series;
  const count = series.values.length;
  if (!holidays || profile === null || !isAnyAhead(series, steps)) return;
  const day = profile.length;
  const values = known.take(count);
  copyLearnable(series, values);
  const workday = profileOf(series, values, day, false);
  const free = profileOf(series, values, day, true);
  if (!areDifferent(series, values, workday, free)) return;
  const proportional = workday.every((usual) => usual > 0) && free.every((usual) => usual >= 0);
  for (let h = 0; h < steps; h++) {
    if (!isHolidayOnWorkday(series, count + h)) continue;
    const slot = daySlot(series, count + h, day);
    for (let level = 0; level < SPREAD_LEVELS.length; level++) {
      const place = level * steps + h;
      rows[place] = proportional ? rows[place] * (free[slot] / workday[slot]) : rows[place] + free[slot] - workday[slot];
    }
    if (proportional) keepOrder(rows, steps, h);
  }
}

/** The usual value at each slot of free days, or of all others. */
function profileOf(series: Series, values: Float64Array, day: number, free: boolean): Float64Array {
  const count = series.values.length;
  const some = masked.take(count);
  for (let i = 0; i < count; i++) some[i] = isWeekend(series, i) === free ? values[i] : NaN;
  return dayProfile(series, some, day, Math.max(1, Math.round(day / 96)));
}

/** Whether enough days of both kinds are known, and the profile of workdays fits free days clearly worse than their own. */
function areDifferent(series: Series, values: Float64Array, workday: Float64Array, free: Float64Array): boolean {
  const day = workday.length;
  let away = 0;
  let near = 0;
  let freeSamples = 0;
  let samples = 0;
  for (let i = 0; i < series.values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    samples++;
    if (!isWeekend(series, i)) continue;
    freeSamples++;
    const slot = daySlot(series, i, day);
    away += Math.abs(values[i] - workday[slot]);
    near += Math.abs(values[i] - free[slot]);
  }
  return freeSamples >= LEAST_FREE_DAYS * day && samples - freeSamples >= LEAST_WORKDAYS * day && away > DIFFERENT * near;
}

/** A quantile below zero of a series that never is must not pass one above it. */
function keepOrder(rows: Float64Array, steps: number, h: number): void {
  for (let level = 1; level < SPREAD_LEVELS.length; level++) {
    rows[level * steps + h] = Math.max(rows[level * steps + h], rows[(level - 1) * steps + h]);
  }
}

function isAnyAhead(series: Series, steps: number): boolean {
  const count = series.values.length;
  for (let h = 0; h < steps; h++) if (isHolidayOnWorkday(series, count + h)) return true;
  return false;
}

/** Saturdays and Sundays are known as free without a calendar. 1970-01-01 was a Thursday. */
function isHolidayOnWorkday(series: Series, i: number): boolean {
  const day = localDay(series, i);
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6 && series.holidays?.has(day) === true;
}
