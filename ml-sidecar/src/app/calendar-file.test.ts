import { expect, test } from 'vitest';
import { CalendarError, parseHolidays } from './calendar-file.ts';

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
const dates = (text: string, first = '2026-01-01', last = '2027-12-31'): Record<string, string> =>
  Object.fromEntries(
    [...parseHolidays(text, dayNumber(first), dayNumber(last))].map(([day, name]) => [
      new Date(day * 86_400_000).toISOString().slice(0, 10),
      name,
    ]),
  );
const calendar = (...events: string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...events.map((event) => `BEGIN:VEVENT\nUID:${event.length}\n${event}\nEND:VEVENT`),
    'END:VCALENDAR',
    '',
  ]
    .join('\n')
    .replaceAll('\n', '\r\n');

test('an event of a day is that day, one of several all of them', () => {
  const text = calendar(
    'DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas',
    'DTSTART;VALUE=DATE:20260501\nSUMMARY:Labour Day',
  );
  expect(dates(text)).toEqual({
    '2026-12-24': 'Christmas',
    '2026-12-25': 'Christmas',
    '2026-12-26': 'Christmas',
    '2026-05-01': 'Labour Day',
  });
});

test('a yearly event comes every year, from before the span on', () => {
  const text = calendar('DTSTART;VALUE=DATE:19901003\nRRULE:FREQ=YEARLY\nSUMMARY:Unity');
  expect(dates(text)).toEqual({ '2026-10-03': 'Unity', '2027-10-03': 'Unity' });
});

test('rules by weekday, exceptions and cancelled events are followed', () => {
  const thanksgiving =
    'DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nEXDATE;VALUE=DATE:20271125\nSUMMARY:Thanksgiving';
  const called = 'DTSTART;VALUE=DATE:20260303\nSTATUS:CANCELLED\nSUMMARY:Off';
  expect(dates(calendar(thanksgiving, called))).toEqual({ '2026-11-26': 'Thanksgiving' });
});

test('an event with times lies on the days of its own wall clock', () => {
  const text = calendar('DTSTART;TZID=Europe/Berlin:20260814T220000\nDTEND;TZID=Europe/Berlin:20260816T000000\nSUMMARY:Works\n outing');
  expect(dates(text)).toEqual({ '2026-08-14': 'Worksouting', '2026-08-15': 'Worksouting' });
});

test('an event without a name is a holiday, and an empty calendar has none', () => {
  expect(dates(calendar('DTSTART;VALUE=DATE:20260606'))).toEqual({ '2026-06-06': 'holiday' });
  expect(dates(calendar())).toEqual({});
});

test.each([
  ['nothing', ''],
  ['another text', 'holidays: [2026-01-01]'],
  ['a card', 'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n'],
  ['a calendar that is cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:2026'],
])('%s is refused with what was found and what is wanted', (_, text) => {
  expect(() => parseHolidays(text, 0, 1)).toThrow(CalendarError);
  expect(() => parseHolidays(text, 0, 1)).toThrow(/got .* want/);
});

test('a rule without end over a long time ends', () => {
  const text = calendar('DTSTART:19000101T000000\nDTEND:19000101T010000\nRRULE:FREQ=DAILY\nSUMMARY:Every day');
  expect(Object.keys(dates(text, '1900-01-01', '1900-01-31'))).toHaveLength(31);
});
