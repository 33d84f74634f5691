import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { seededRandom } from '../stats/random.ts';
import { encodeWriteBody } from '../prometheus/write-encoder.ts';
import { LiveWatch, type LiveTarget } from '../watch/live-watch.ts';
import { Watch } from '../watch/watch.ts';
import type { LiveFeed } from './live-feed.ts';
import { createLiveIntake, type LiveIntakeOptions } from './live-intake.ts';
import { shapeOf } from './shape.ts';

const now = 1_790_000_000;

/** A feed that writes down what reaches it. */
function feedOf(name: string, full = () => false) {
  const settings: WatchSettings = {
    name,
    expr: name,
    step: 60,
    resolution: 60,
    live: true,
    history: 3600,
    horizon: 3600,
    refit: 3600,
    delay: 0,
    bounds: [-Infinity, Infinity],
    limits: [],
    forecaster: 'seasonal-naive',
    detector: 'auto',
    seriesLimit: 10,
  };
  const live = new LiveWatch(new Watch(settings, shapeOf(settings, { quantiles: [0.5], horizons: [3600] })), { clock: () => 0 });
  const pushed: string[] = [];
  const push = ({ labels }: LiveTarget, time: number, value: number): void =>
    void pushed.push(`${JSON.stringify(labels)} ${time} ${value}`);
  const feed: LiveFeed = { live, push, isFull: full, catchUp: async () => {}, hasHeard: () => true, beside: () => feed };
  return { feed, pushed };
}

const intakeOf = (options: Partial<LiveIntakeOptions> = {}) =>
  createLiveIntake({ now: () => now, seed: 1, externalLabels: () => ({ cluster: 'eu' }), ...options });

function send({ receiver }: ReturnType<typeof intakeOf>, labels: Record<string, string>, time: number, value: number | 'stale') {
  const body = encodeWriteBody([{ labels, samples: [{ timeMs: time * 1000, value }] }]);
  return receiver.receive({ body, contentType: '', contentEncoding: '', sender: 'a' }).status;
}

test('a sample reaches every watch that selects it, without the labels of the source, and no other', () => {
  const [one, two, three] = [feedOf('one'), feedOf('two'), feedOf('three')];
  const intake = intakeOf();
  intake.add(one.feed, parseSelector('up')!);
  intake.add(two.feed, parseSelector('{__name__=~"up|down",job="node"}')!);
  intake.add(three.feed, parseSelector('up{job="other"}')!);
  expect(send(intake, { __name__: 'up', cluster: 'eu', job: 'node' }, now, 1)).toBe(204);
  expect(one.pushed).toEqual([`{"job":"node"} ${now} 1`]);
  expect(two.pushed).toEqual(one.pushed);
  expect(three.pushed).toEqual([]);
  expect(send(intake, { __name__: 'else', job: 'node' }, now, 1)).toBe(204);
  expect(intake.receiver.counts.unwanted).toBe(1);
});

test('of series that differ in the name alone one is taken', () => {
  const one = feedOf('one');
  const intake = intakeOf();
  intake.add(one.feed, parseSelector('{__name__=~"up|down"}')!);
  send(intake, { __name__: 'up', job: 'node' }, now, 1);
  send(intake, { __name__: 'down', job: 'node' }, now, 2);
  expect(one.pushed).toEqual([`{"job":"node"} ${now} 1`]);
  expect(one.feed.live.report().duplicates).toBe(1);
});

test('what a full watch has no room for stays queued until there is some', () => {
  let full = true;
  const one = feedOf('one', () => full);
  const intake = intakeOf();
  intake.add(one.feed, parseSelector('up')!);
  send(intake, { __name__: 'up', job: 'node' }, now, 1);
  expect([one.pushed.length, intake.receiver.queuedSamples()]).toEqual([0, 1]);
  full = false;
  intake.consume();
  expect([one.pushed.length, intake.receiver.queuedSamples()]).toEqual([1, 0]);
});

test('a stale marker is no sample', () => {
  const one = feedOf('one');
  const intake = intakeOf();
  intake.add(one.feed, parseSelector('up')!);
  send(intake, { __name__: 'up', job: 'node' }, now, 'stale');
  expect(one.pushed).toEqual([]);
});

test('series that come and go by the 100,000 a minute leave nothing behind, and those that stay are fed', { timeout: 60_000 }, () => {
  let time = now;
  const random = seededRandom(11);
  const maxSeries = 500;
  const one = feedOf('one');
  const intake = intakeOf({ now: () => time, limits: { maxSeries } });
  intake.add(one.feed, parseSelector('up')!);
  const most = { remembered: 0, numbered: 0, labelSets: 0 };
  const begun = { anew: 0, before: 0 };
  for (let second = 0; second < 3 * 60; second++, time++) {
    const gone = Array.from({ length: 1700 }, () => ({
      labels: { __name__: 'up', pod: `p${Math.floor(random() * 2 ** 52)}` },
      samples: [
        { timeMs: time * 1000, value: random() },
        { timeMs: time * 1000 + 500, value: 'stale' as const },
      ],
    }));
    const stays = { labels: { __name__: 'up', job: 'stays' }, samples: [{ timeMs: time * 1000, value: second }] };
    const body = encodeWriteBody([stays, ...gone]);
    expect(intake.receiver.receive({ body, contentType: '', contentEncoding: '', sender: 'a' }).status).toBe(204);
    one.feed.live.settle(time);
    most.remembered = Math.max(most.remembered, intake.receiver.seriesCount());
    most.numbered = Math.max(most.numbered, intake.numbered());
    most.labelSets = Math.max(most.labelSets, one.feed.live.labelSets);
    if (intake.numbered() < begun.before) begun.anew++;
    begun.before = intake.numbered();
  }
  expect(most.remembered).toBe(maxSeries);
  expect(most.numbered).toBeLessThanOrEqual(2 * maxSeries);
  expect(begun.anew).toBeGreaterThan(0);
  expect(most.labelSets).toBeLessThanOrEqual(15);
  expect(intake.receiver.queuedSamples()).toBe(0);
  const stayed = one.pushed.filter((row) => row.startsWith('{"job":"stays"}'));
  expect(stayed).toEqual(Array.from({ length: 180 }, (_, second) => `{"job":"stays"} ${now + second} ${second}`));
});

test('what is remembered follows the series that there are, and a sample that is sent again is not taken again', () => {
  let time = now;
  const one = feedOf('one');
  const intake = intakeOf({ now: () => time });
  intake.add(one.feed, parseSelector('up')!);
  const sent = (series: Parameters<typeof encodeWriteBody>[0]): void => {
    intake.receiver.receive({ body: encodeWriteBody(series), contentType: '', contentEncoding: '', sender: 'a' });
  };
  const most = { remembered: 0, numbered: 0 };
  for (let minute = 0; minute < 12; minute++, time += 61) {
    const stays = { labels: { __name__: 'up', job: 'stays' }, samples: [{ timeMs: time * 1000, value: minute }] };
    const pods = Array.from({ length: 700 }, (_, i) => ({ __name__: 'up', pod: `p${minute}-${i}` }));
    sent([stays, ...pods.map((labels) => ({ labels, samples: [{ timeMs: time * 1000, value: 1 }] }))]);
    sent([stays, ...pods.map((labels) => ({ labels, samples: [{ timeMs: time * 1000 + 500, value: 'stale' as const }] }))]);
    sent([stays]);
    most.remembered = Math.max(most.remembered, intake.receiver.seriesCount());
    most.numbered = Math.max(most.numbered, intake.numbered());
  }
  expect(most.remembered).toBeLessThan(1100);
  expect(most.numbered).toBeLessThan(1100);
  expect(one.pushed.filter((row) => row.startsWith('{"job":"stays"}')).length).toBe(12);
});

test('a feed that is let go gets nothing more, and one that comes later gets what it wants of series that are known', () => {
  const [one, two] = [feedOf('one', () => true), feedOf('two')];
  const intake = intakeOf();
  intake.add(one.feed, parseSelector('up')!);
  send(intake, { __name__: 'up', job: 'node' }, now, 1);
  expect(intake.receiver.queuedSamples()).toBe(1);
  intake.add(two.feed, parseSelector('up')!);
  intake.remove(one.feed);
  // What was queued bears the number that the first alone had.
  expect([intake.receiver.queuedSamples(), one.pushed, two.pushed]).toEqual([0, [], []]);
  send(intake, { __name__: 'up', job: 'node' }, now + 1, 2);
  expect([one.pushed, two.pushed]).toEqual([[], [`{"job":"node"} ${now + 1} 2`]]);
});
