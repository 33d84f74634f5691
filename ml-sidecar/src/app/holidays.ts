import { UsageError } from '@presage/service/command-line.ts';
import { errorText } from '@presage/service/log.ts';
import type { WatchSettings } from '../configuration/configuration.ts';
import type { Holidays } from '../stats/series.ts';
import { CalendarError, parseHolidays } from './calendar-file.ts';

const DAY_SECONDS = 86_400;
/** Days before and after now that are read: a history may be long, a process may run for years. */
const PAST_DAYS = 3 * 366;
const FUTURE_DAYS = 10 * 366;

/**
 * The holidays of each calendar file that watches name, by path; each file is read once, by `read`. `now` in Unix seconds. Throws a
 * UsageError that names the watch for a file that cannot be read or is no calendar.
 */
export function readHolidays(
  watches: readonly WatchSettings[],
  now: number,
  read: (path: string) => string,
): ReadonlyMap<string, Holidays> {
  const today = Math.floor(now / DAY_SECONDS);
  const calendars = new Map<string, Holidays>();
  for (const { name, holidays: path } of watches) {
    if (path === undefined || calendars.has(path)) continue;
    const place = `watches (${name}).holidays`;
    try {
      calendars.set(path, parseHolidays(read(path), today - PAST_DAYS, today + FUTURE_DAYS));
    } catch (error) {
      const found = errorText(error);
      if (error instanceof CalendarError) throw new UsageError(`${place}: ${JSON.stringify(path)}: ${found}`, { cause: error });
      throw new UsageError(`${place}: got ${JSON.stringify(path)} (${found}), want a file that can be read`, { cause: error });
    }
  }
  return calendars;
}
