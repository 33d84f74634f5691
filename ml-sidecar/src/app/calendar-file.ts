import ICAL from 'ical.js';
import type { Holidays } from '../stats/series.ts';

/** A calendar that cannot be read. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

const DAY_MILLISECONDS = 86_400_000;
/** Occurrences of one recurring event that are looked at: daily for more than a hundred years. */
const MOST_OCCURRENCES = 40_000;
/** Days that one event may cover. */
const LONGEST_DAYS = 366;

/**
 * The days on which the events of an iCal text (RFC 5545) lie, from day `first` to day `last` (whole days since 1970), with the name of
 * the event. Recurring events are followed; cancelled ones are left out. Days are those of the wall clock that the event is written
 * in. Throws a CalendarError that says what was found and what is wanted.
 */
export function parseHolidays(text: string, first: number, last: number): Holidays {
  const holidays = new Map<number, string>();
  const add = (start: ICAL.Time, end: ICAL.Time, name: string): void => {
    const from = dayOf(start);
    // The end is not part of an event: one of whole days ends with the morning after, one without length is its day.
    const midnight = end.isDate || (end.hour === 0 && end.minute === 0 && end.second === 0);
    const until = Math.min(Math.max(from, dayOf(end) - (midnight ? 1 : 0)), from + LONGEST_DAYS);
    for (let day = Math.max(first, from); day <= Math.min(last, until); day++) if (!holidays.has(day)) holidays.set(day, name);
  };
  for (const event of eventsOf(text)) {
    const name = event.summary || 'holiday';
    if (!event.isRecurring()) {
      add(event.startDate, event.endDate, name);
      continue;
    }
    const occurrences = event.iterator();
    for (let k = 0; k < MOST_OCCURRENCES; k++) {
      const start = occurrences.next();
      if (!start || dayOf(start) > last) break;
      const { startDate, endDate, item } = event.getOccurrenceDetails(start);
      if (!isCancelled(item)) add(startDate, endDate, name);
    }
  }
  return holidays;
}

function eventsOf(text: string): readonly ICAL.Event[] {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const events = calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
    if (calendar.name !== 'vcalendar') throw new CalendarError(`got ${calendar.name}, want a VCALENDAR`);
    // What changes one occurrence belongs to the event that recurs, which knows of it.
    return events.filter((event) => event.startDate && !event.isRecurrenceException() && !isCancelled(event));
  } catch (error) {
    if (error instanceof CalendarError) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new CalendarError(`got no calendar (${found}), want iCal text that begins with BEGIN:VCALENDAR`, { cause: error });
  }
}

function isCancelled(event: ICAL.Event): boolean {
  return String(event.component.getFirstPropertyValue('status')).toUpperCase() === 'CANCELLED';
}

function dayOf(time: ICAL.Time): number {
  return Math.round(Date.UTC(time.year, time.month - 1, time.day) / DAY_MILLISECONDS);
}
