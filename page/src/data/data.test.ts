import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { selectorOf } from './api.ts';
import { createAsker, type Answer } from './asker.ts';
import { feedbackOf } from './incidents.ts';
import { hostAddress, routeOf, watchAddress } from './route.ts';

describe('addresses', () => {
  test.each(['web-1:9100', 'https://a.example/x?y=1#z', '"><script>', '', '100 %', '日本'])('host %j comes back as it was', (host) => {
    expect(routeOf(hostAddress(host))).toEqual({ view: 'host', host });
  });
  test('watches, the fleet, and what is no view', () => {
    expect(routeOf(watchAddress('cpu'))).toEqual({ view: 'watch', watch: 'cpu' });
    expect(routeOf('')).toEqual({ view: 'fleet' });
    expect(routeOf('#/')).toEqual({ view: 'fleet' });
    expect(routeOf('#/watches')).toEqual({ view: 'watches' });
    expect(routeOf('#/anomalies')).toEqual({ view: 'anomalies' });
    expect(routeOf('#/dry-run/cpu')).toEqual({ view: 'dry-run', watch: 'cpu' });
    expect(routeOf('#/nonsense').view).toBe('lost');
    expect(routeOf('#/host/%E0%A4%A').view).toBe('lost');
    expect(routeOf('#/watch/').view).toBe('lost');
  });
});

test('a selector escapes what PromQL would read', () => {
  expect(selectorOf({ a: 'x', b: '"\\\n' })).toBe('{a="x",b="\\"\\\\\\n"}');
  expect(selectorOf({})).toBe('{}');
});

test('the word on an anomaly names its series without the watch', () => {
  const anomaly = { series: 'cpu{a="b"}', labels: { watch: 'cpu', a: 'b' }, start: 10, end: 20, peak: 2, direction: 1 };
  expect(feedbackOf(anomaly, 'false-alarm')).toEqual({ watch: 'cpu', labels: { a: 'b' }, time: 10, verdict: 'false-alarm' });
});

describe('asking', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function asked(answers: readonly (number | Error)[]) {
    const told: Answer<number>[] = [];
    let next = 0;
    const asker = createAsker(
      async () => {
        const answer = answers[next++]!;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      (answer) => void told.push(answer),
    );
    return { asker, told, count: () => next };
  }

  test('the same news are asked for once, many news in one go after a pause', async () => {
    const { asker, told, count } = asked([1, 2]);
    asker.wake(0);
    asker.wake(0);
    for (const news of [1, 2, 3]) asker.wake(news);
    await vi.advanceTimersByTimeAsync(10);
    expect(told).toEqual([{ data: 1, fault: undefined }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual([
      { data: 1, fault: undefined },
      { data: 2, fault: undefined },
    ]);
    expect(count()).toBe(2);
  });

  test('a fault keeps the data there were and tells why', async () => {
    const { asker, told } = asked([1, new Error('gone'), 3]);
    for (const news of [0, 1, 2]) {
      asker.wake(news);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(told).toEqual([
      { data: 1, fault: undefined },
      { data: 1, fault: 'gone' },
      { data: 3, fault: undefined },
    ]);
  });

  test('nothing is told after the end', async () => {
    const { asker, told } = asked([1]);
    asker.wake(0);
    asker.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual([]);
  });
});
