import { expect, test } from 'vitest';
import { passagesOf, parseIncidents, IncidentFileError } from './incidents.ts';
import { judge } from './judge.ts';

const hour = 3600;
const incident = { kind: 'leak', labels: { instance: 'a' }, start: 10 * hour, hurt: 20 * hour, end: 21 * hour, foreseeable: true };
const firing = (start: number, labels: Record<string, string> = { instance: 'a' }) => ({ alert: 'A', labels, start, end: start + 60 });
const judged = (firings: ReturnType<typeof firing>[]) => judge('set', firings, [incident], { start: 0, end: 14 * 24 * hour });

test.each([
  ['within the incident', firing(12 * hour), 1],
  ['shortly after it', firing(21 * hour + 900), 0],
  ['before it began', firing(9 * hour), 0],
  ['on another host', firing(12 * hour, { instance: 'b' }), 0],
  ['without a place', firing(12 * hour, { job: 'x' }), 0],
])('an alert %s catches it or not', (_, one, caught) => {
  expect(judged([one])).toMatchObject({ caught, missed: 1 - caught });
});

test('an alert shortly after an incident is late, not false', () => {
  expect(judged([firing(21 * hour + 900)])).toMatchObject({ right: 1, wrong: 0, caught: 0 });
});

test('the lead is that of the first right alert, and false ones are counted by week', () => {
  const verdict = judged([firing(hour), firing(15 * hour), firing(18 * hour), firing(8 * 24 * hour)]);
  expect(verdict).toMatchObject({ right: 2, wrong: 2, leads: [5 * hour], medianLead: 5 * hour });
  expect(verdict.weeks).toEqual([
    { right: 2, wrong: 1 },
    { right: 0, wrong: 1 },
  ]);
  expect(verdict.rules).toEqual([{ alert: 'A', fired: 4, right: 2, wrong: 2, weeks: verdict.weeks }]);
});

test('an alert of something doubtful counts neither way, unless something certain happened, too', () => {
  const doubtful = { ...incident, start: 5 * hour, end: 12 * hour, ignored: true };
  const span = { start: 0, end: 30 * hour, ignored: [doubtful] };
  expect(judge('set', [firing(6 * hour), firing(11 * hour)], [incident], span)).toMatchObject({ fired: 1, right: 1, wrong: 0, missed: 0 });
});

test('an alert of one limit does not tell of another', () => {
  const full = { ...incident, labels: { instance: 'a', watch: 'filesystem', limit: 'full' } };
  const of = (labels: Record<string, string>) =>
    judge('s', [firing(12 * hour, { instance: 'a', ...labels })], [full], { start: 0, end: hour * 30 }).caught;
  expect(of({ watch: 'filesystem', limit: 'full' })).toBe(1);
  expect(of({ watch: 'memory', limit: 'exhausted' })).toBe(0);
  expect(of({})).toBe(1);
});

test('a limit is passed where values stay past it for a quarter of an hour', () => {
  const values = Float64Array.from([1, 9, 1, 1, ...Array<number>(20).fill(1), 9, 9, NaN, 9, 1, 9, 1, ...Array<number>(20).fill(1)]);
  const found = passagesOf({ labels: {}, values }, { start: 0, step: 300 }, [{ name: 'high', side: 'above', value: 5 }], hour);
  expect(found).toEqual([
    { kind: 'high', labels: { limit: 'high' }, start: 24 * 300 - hour, hurt: 24 * 300, end: 30 * 300, foreseeable: true },
  ]);
});

test('a list of incidents says where it is wrong', () => {
  expect(parseIncidents('i.yml', '[{labels: {instance: a}, start: 5, end: 9}]')).toMatchObject([
    { hurt: 5, kind: 'incident', foreseeable: false },
  ]);
  expect(() => parseIncidents('i.yml', '[{labels: {instance: a}, start: 9, end: 5}]')).toThrow(/i\.yml: 0: end: want it at or after start/);
  expect(() => parseIncidents('i.yml', '[{start: 9}]')).toThrow(IncidentFileError);
});
