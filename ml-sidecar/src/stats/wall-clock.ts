import type { Series } from './series.ts';
import { DAY_SECONDS } from './seasons.ts';

/**
 * Index of the sample `days` days before index `i` at the same local wall time; `i` may lie past the end of the series.
 * Without a wall offset this is `i - days * day`.
 */
export function daysBefore(series: Series, i: number, days: number, day: number): number {
  if (!series.wallOffset) return i - days * day;
  const time = series.start + i * series.step;
  const before = time - days * DAY_SECONDS;
  const shift = series.wallOffset(time) - series.wallOffset(before);
  return i - Math.round((days * DAY_SECONDS - shift) / series.step);
}

/** Slot of the local day, 0 to `day - 1`, in which index `i` lies; `i` may lie past the end of the series. */
export function daySlot(series: Series, i: number, day: number): number {
  const time = series.start + i * series.step;
  const local = time + (series.wallOffset ? series.wallOffset(time) : 0);
  // Ten times as fast as the remainder of two doubles.
  const second = local - DAY_SECONDS * Math.floor(local / DAY_SECONDS);
  return Math.min(day - 1, Math.floor((second * day) / DAY_SECONDS + 1e-9));
}

/** Whole local days since 1970 at index `i`. */
export function localDay(series: Series, i: number): number {
  const time = series.start + i * series.step;
  return Math.floor((time + (series.wallOffset ? series.wallOffset(time) : 0)) / DAY_SECONDS);
}
