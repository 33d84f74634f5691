import { describe, expect, test } from 'vitest';
import { outlookText, scoreText, statesText } from '../view/words.tsx';
import { spanText } from './clock.ts';
import { partText, seriesTitles } from './titles.ts';

test.each([
  [0, '0 s'],
  [89, '89 s'],
  [90, '2 min'],
  [3599, '1 h'],
  [3600, '1 h'],
  [11_400, '3 h 10 min'],
  [172_799, '2 d'],
  [190_000, '2 d 5 h'],
  [86_400 * 3 - 1, '3 d'],
])('%d seconds are said as %s', (seconds, wanted) => expect(spanText(seconds)).toBe(wanted));

describe('when a limit is passed', () => {
  const limit = { limit: 'full', side: 'above', value: 1 } as const;
  test.each([
    [[0, 0, 0], 'passed already'],
    [[7200, 10_800, 18_000], 'in about 3 h (95 %: 2 h to 5 h)'],
    [[7200, 10_800, null], 'in about 3 h (not before 2 h)'],
    [[7200, null, null], 'possible, not before 2 h'],
    [[null, null, null], 'not in sight'],
  ])('%j', (seconds, wanted) => expect(outlookText({ ...limit, seconds })).toBe(wanted));
});

test('a score shows the side on which the value lies only where it is anomalous', () => {
  expect([scoreText(0.4, 0), scoreText(2.44, 1), scoreText(123.4, -1), scoreText(0.9, 1)]).toEqual(['0.4', '2.4 ▲', '123 ▼', '0.9']);
});

test('states that nothing is in are not told', () => {
  expect(statesText({ ready: 3, learning: 0, stale: 1, unforecastable: 0 })).toBe('3 ready, 1 stale');
  expect(statesText({ ready: 0, learning: 0, stale: 0, unforecastable: 0 })).toBe('no series');
});

describe('titles', () => {
  test('one label that tells all apart is enough', () => {
    const all = ['/', '/srv'].map((mountpoint, i) => ({ instance: 'a', job: 'node', mountpoint, device: `sd${i}` }));
    expect(seriesTitles(all, 'filesystem')).toEqual(['/', '/srv']);
  });
  test('several where one is not', () => {
    const all = [
      { instance: 'a', device: 'x' },
      { instance: 'a', device: 'y' },
      { instance: 'b', device: 'x' },
    ];
    expect(seriesTitles(all, 'disk')).toEqual(['instance=a device=x', 'instance=a device=y', 'instance=b device=x']);
  });
  test('a lone series goes by its watch, and one without the telling labels too', () => {
    expect(seriesTitles([{ instance: 'a' }], 'cpu')).toEqual(['cpu']);
    expect(seriesTitles([{}, { zone: 'b' }], 'cpu')).toEqual(['cpu', 'b']);
  });
  test('the part of a host', () => {
    expect(partText({ instance: 'a', job: 'n', device: 'sda', mountpoint: '/srv' })).toBe('/srv');
    expect(partText({ instance: 'a', job: 'n', zone: 'x', queue: 'y' })).toBe('zone=x queue=y');
    expect(partText({ instance: 'a', zone: 'x' })).toBe('zone=x');
    expect(partText({ instance: 'a', job: 'n' })).toBe('');
  });
});
