import type { Series } from './series.ts';
import { dayProfile } from './profile.ts';
import { quantileInPlace, medianInPlace } from './quantile.ts';
import { daySlot, localDay } from './wall-clock.ts';
import { createWorkspace } from './workspace.ts';

/** Deviations looked at to tell weekends from other days. */
const MOST_DEVIATIONS = 1500;

/** Days that must be known before their kinds are told apart: a week and a weekend more. */
const LEAST_DAYS = 9;

const scratch = createWorkspace();
const masked = createWorkspace();

/** Level of free days and of others against the profile of all days; both 0 before two weeks of history. */
export interface WeekendShift {
  readonly weekday: number;
  readonly weekend: number;
}

/** The shift of the kind of day in which index `i` lies. */
export function shiftAt(series: Series, shift: WeekendShift, i: number): number {
  return isWeekend(series, i) ? shift.weekend : shift.weekday;
}

/** Whether index `i` lies on a Saturday or Sunday, local time, or on a holiday that the series knows of; 1970-01-01 was a Thursday. */
export function isWeekend(series: Series, i: number): boolean {
  const day = localDay(series, i);
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6 || series.holidays?.has(day) === true;
}

/** The median deviation on weekends and on weekdays, where their quartiles do not even overlap; else none. */
export function weekendShift(series: Series, values: Float64Array, profile: Float64Array, day: number, leastDays = 14): WeekendShift {
  const none = { weekday: 0, weekend: 0 };
  const n = values.length;
  if (n < leastDays * day) return none;
  const into = scratch.take(2 * n);
  let weekdays = 0;
  let weekends = 0;
  const stride = Math.max(1, Math.floor(n / MOST_DEVIATIONS));
  for (let i = 0; i < n; i += stride) {
    const deviation = values[i] - profile[daySlot(series, i, day)];
    if (Number.isNaN(deviation)) continue;
    if (isWeekend(series, i)) into[n + weekends++] = deviation;
    else into[weekdays++] = deviation;
  }
  if (weekends * stride < 2 * day || weekdays * stride < 5 * day) return none;
  const free = into.subarray(n, n + weekends);
  const gapUp = quantileInPlace(free, weekends, 0.25) - quantileInPlace(into, weekdays, 0.75);
  const gapDown = quantileInPlace(into, weekdays, 0.25) - quantileInPlace(free, weekends, 0.75);
  if (gapUp <= 0 && gapDown <= 0) return none;
  return { weekday: medianInPlace(into, weekdays), weekend: medianInPlace(free, weekends) };
}

/** The usual value at each slot of the day, by kind of day. */
export interface KindProfiles {
  readonly weekday: Float64Array;
  readonly weekend: Float64Array;
}

/**
 * The profile of the day for weekdays and for weekends each, where two weeks show that they differ; else `profile`, that of all
 * days, for both. `values[i]` belongs to index `i` of `series`, NaN being a gap; learnt from the first `until` of them.
 */
export function kindProfiles(series: Series, values: Float64Array, profile: Float64Array, until: number): KindProfiles {
  const day = profile.length;
  const shift = weekendShift(series, values.subarray(0, until), profile, day, LEAST_DAYS);
  if (shift.weekday === shift.weekend) return { weekday: profile, weekend: profile };
  const of = (weekend: boolean): Float64Array => {
    const some = masked.take(series.values.length);
    for (let i = 0; i < series.values.length; i++) some[i] = i < until && isWeekend(series, i) === weekend ? values[i] : NaN;
    return dayProfile(series, some, day, Math.round(day / 240));
  };
  return { weekday: of(false), weekend: of(true) };
}
