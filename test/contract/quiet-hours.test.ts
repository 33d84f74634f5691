import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repositoryFile } from './machine.ts';

interface Interval {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly location: string;
}

const { time_intervals: named }: { time_intervals: { name: string; time_intervals: Interval[] }[] } = parse(
  readFileSync(repositoryFile('alertmanager/alertmanager.yml'), 'utf8'),
);

/** Whether one of the intervals holds a time of the week (Alertmanager's documentation, section <time_interval>). */
function isQuiet(weekday: string, time: string): boolean {
  return named[0].time_intervals.some(({ times, weekdays }) => {
    const holdsTime = times?.some(({ start_time: start, end_time: end }) => start <= time && time < end) ?? true;
    return holdsTime && (weekdays?.includes(weekday) ?? true);
  });
}

test.each([
  ['monday', '00:00', true],
  ['monday', '07:59', true],
  ['monday', '08:00', false],
  ['wednesday', '12:00', false],
  ['friday', '17:59', false],
  ['friday', '18:00', true],
  ['thursday', '23:59', true],
  ['saturday', '12:00', true],
  ['sunday', '08:00', true],
])('tickets on %s at %s wait: %s', (weekday, time, wanted) => {
  expect(isQuiet(weekday, time)).toBe(wanted);
});

test("they are those of Alertmanager's own time zone, each of them", () => {
  expect(named.map(({ name, time_intervals: intervals }) => [name, ...intervals.map(({ location }) => location)])).toEqual([
    ['out-of-hours', 'Local', 'Local'],
  ]);
});
