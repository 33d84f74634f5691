import { expect, test } from 'vitest';
import { AnomalyLog, type AnomalousValue } from './anomaly-log.ts';

const step = 60;
const expected = { value: 5, spread: 1, level: 4, season: 1 };
const at = (time: number, score: number, more: Partial<AnomalousValue> = {}): AnomalousValue => {
  return { time, value: 10 * score, score, direction: 1, ...more };
};

function logOf(...values: readonly AnomalousValue[]): AnomalyLog {
  const log = new AnomalyLog();
  for (const value of values) log.note(value, step);
  return log;
}

test('values near to each other are one anomaly, which has its highest score and what was expected then', () => {
  const log = logOf(at(1000, 2, { expected: { ...expected, value: 4 } }), at(1200, 3, { expected, direction: -1 }), at(1300, 2.5));
  expect(log.since()).toEqual([{ start: 1000, end: 1300, peak: 3, peakTime: 1200, value: 30, direction: -1, expected }]);
});

test('values further apart than five minutes and two steps are anomalies of their own', () => {
  const apart = [at(1000, 2), at(1301, 2)];
  expect(logOf(...apart).since()).toMatchObject([
    { start: 1000, end: 1000 },
    { start: 1301, end: 1301 },
  ]);
  const log = new AnomalyLog();
  for (const value of apart) log.note(value, 151);
  expect(log.since()).toMatchObject([{ start: 1000, end: 1301 }]);
});

test('of the first thousand anomalies the last 64 are remembered', () => {
  const log = logOf(...Array.from({ length: 1000 }, (_, i) => at(1000 * i, 1 + i)));
  const wanted = Array.from({ length: 64 }, (_, i) => 1000 * (936 + i));
  expect(log.since().map(({ start }) => start)).toEqual(wanted);
  expect(log.since().map(({ peak }) => peak)).toEqual(wanted.map((time) => 1 + time / 1000));
});

test('those are told that end at or after a time', () => {
  const log = logOf(at(1000, 2), at(1100, 2), at(2000, 2));
  expect([1100, 1101, 2001].map((since) => log.since(since).length)).toEqual([2, 1, 0]);
});

test('the newest one near a time is found', () => {
  const log = logOf(at(1000, 2), at(1500, 3));
  const found = [699, 700, 1250, 1800, 1801].map((time) => log.judge(time, step, 'incident')?.anomaly.peak);
  expect(found).toEqual([undefined, 2, 3, 3, undefined]);
});

test('a word counts once, and where there is an anomaly', () => {
  const log = logOf(at(1000, 2), at(2000, 3));
  expect(log.judge(1500, step, 'incident')).toBeUndefined();
  expect(log.judge(1000, step, 'false-alarm')).toMatchObject({ changed: true, anomaly: { start: 1000, verdict: 'false-alarm' } });
  expect(log.judge(1100, step, 'false-alarm')).toMatchObject({ changed: false, anomaly: { start: 1000, verdict: 'false-alarm' } });
  expect(log.since().map(({ verdict }) => verdict)).toEqual(['false-alarm', undefined]);
  expect(log.judge(1000, step, 'incident')).toMatchObject({ changed: true, anomaly: { verdict: 'incident' } });
  expect(log.since().map(({ verdict }) => verdict)).toEqual(['incident', undefined]);
});

test('what was kept comes back, and goes on', () => {
  const log = logOf(at(1000, 2, { expected }), at(2000, 3));
  log.judge(1000, step, 'incident');
  const again = new AnomalyLog();
  again.restore(log.since());
  expect(again.since()).toEqual(log.since());
  again.note(at(2010, 4), step);
  expect(again.since()[1]).toEqual({ start: 2000, end: 2010, peak: 4, peakTime: 2010, value: 40, direction: 1 });
  expect(log.since()[1].peak).toBe(3);
});
