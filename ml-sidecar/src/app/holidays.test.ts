import { UsageError } from '@presage/service/command-line.ts';
import { expect, test } from 'vitest';
import { parseConfiguration } from '../configuration/parse.ts';
import type { WatchSettings } from '../configuration/configuration.ts';
import { readHolidays } from './holidays.ts';
import { shapeOf } from './shape.ts';

const text =
  'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
const now = Date.parse('2026-11-01T00:00:00Z') / 1000;
const mayDay = Date.parse('2027-05-01T00:00:00Z') / 86_400_000;

/** The watches of a file whose default and second watch name a calendar. */
function watchesOf(): readonly WatchSettings[] {
  const yaml = `
prometheus: { url: http://127.0.0.1:9090 }
defaults: { holidays: all.ics }
watches:
  - { name: a, expr: a }
  - { name: b, expr: b, holidays: own.ics }
`;
  const parsed = parseConfiguration(yaml, { forecasters: ['auto'], detectors: ['auto'] });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.configuration.watches;
}

test('each calendar is read once, and reaches the series of its watches', () => {
  const read: string[] = [];
  const watches = watchesOf();
  const calendars = readHolidays([...watches, ...watches], now, (path) => {
    read.push(path);
    return text;
  });
  expect(read).toEqual(['all.ics', 'own.ics']);
  const shape = shapeOf(watches[0], { quantiles: [0.5], horizons: [] }, calendars.get('all.ics'));
  expect(shape.holidays?.get(mayDay)).toBe('May Day');
});

test('a file that cannot be read or is no calendar is told with its watch', () => {
  const fail = (): string => {
    throw new Error('no such file');
  };
  expect(() => readHolidays(watchesOf(), now, fail)).toThrow(UsageError);
  expect(() => readHolidays(watchesOf(), now, fail)).toThrow(
    'watches (a).holidays: got "all.ics" (no such file), want a file that can be read',
  );
  expect(() => readHolidays(watchesOf(), now, () => 'junk')).toThrow(/^watches \(a\)\.holidays: "all\.ics": got no calendar .* want iCal/);
});
