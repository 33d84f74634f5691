import { createLogger } from '@presage/service/log.ts';
import { expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { seededRandom } from '../stats/random.ts';
import { LiveWatch } from '../watch/live-watch.ts';
import { Watch } from '../watch/watch.ts';
import { createLiveFeed } from './live-feed.ts';
import { shapeOf } from './shape.ts';

const every = 5;
const start = 1_790_000_000;
const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step: 15,
  resolution: every,
  live: true,
  history: 3600,
  horizon: 600,
  refit: 600,
  delay: 5,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  seriesLimit: 100,
};

/** A feed from a source that has so many samples of a series by the time that it is asked. */
function started(stored: () => ReadonlyMap<string, readonly number[]>, delay: number, clock: { now: number }) {
  const scored: [string, number][] = [];
  let reads = 0;
  const watch = new Watch({ ...settings, delay }, shapeOf(settings, { quantiles: [0.5], horizons: [600] }));
  const live = new LiveWatch(watch, {
    clock: () => 0,
    onScored: ({ series, time }) => scored.push([series.labels['host'] ?? '', time]),
  });
  const feed = createLiveFeed({
    live,
    source: { selector: parseSelector('cpu')!, recorded: false },
    client: {
      query: async () => [],
      queryRange: async () => [],
      readSamples: async (_, from, to) => {
        reads++;
        return [...stored()].flatMap(([host, times]) => {
          const found = times.filter((time) => time >= from && time <= to);
          const [at, values] = [Float64Array.from(found), new Float64Array(found.length)];
          return found.length === 0 ? [] : [{ name: 'cpu', labels: { host }, times: at, values }];
        });
      },
    },
    log: createLogger({ level: 'error', format: 'logfmt', write: () => {} }),
    now: () => clock.now,
    pause: async () => {},
    sleep: async () => {},
    signal: new AbortController().signal,
    externalLabels: async () => ({}),
    onRoom: () => {},
    onGap: () => {},
  });
  return { live, feed, scored, reads: () => reads };
}

test('wherever what is read back ends, no sample is lost between it and the first that comes live, and none is scored twice', async () => {
  const seed = 7;
  const random = seededRandom(seed);
  for (let round = 0; round < 50; round++) {
    // Scrapes begin some milliseconds late now and then.
    const times = Array.from({ length: 60 }, (_, i) => start + i * every + (random() < 0.2 ? Math.round(random() * 30) / 1000 : 0));
    // Who had the feed before took this one, and ended before it was saved.
    const lost = 40;
    const asked = times[lost] + 0.1 + random() * (every - 0.2) + (random() < 0.5 ? every : 0);
    const clock = { now: asked };
    const { live, feed, scored, reads } = started(() => new Map([['a', times.filter((time) => time <= clock.now)]]), 5, clock);
    const target = live.targetOf({ host: 'a' });
    for (const time of times.slice(0, lost)) live.take(target, time, 1);
    await feed.catchUp();
    for (const time of times.filter((each) => each > asked)) {
      clock.now = time + 0.2;
      feed.push(target, time, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(
      scored.map(([, time]) => time),
      `round ${round} of seed ${seed}`,
    ).toEqual(times);
    expect(reads()).toBeLessThanOrEqual(2);
  }
});

test.each([1, 5, 10, 15, 30])('after a while without samples many targets are read back together, %i s behind', async (delay) => {
  const hosts = 40;
  const stored = new Map(Array.from({ length: hosts }, (_, host): [string, number[]] => [String(host), []]));
  const clock = { now: start };
  const { live, feed, scored, reads } = started(() => stored, delay, clock);
  await feed.catchUp();
  // Prometheus was away; the last scrapes of before it has and did not send.
  for (let round = 0; round < 30; round++) {
    if (round >= 12 && round < 20) continue;
    for (const [host, times] of stored) {
      const time = start + round * every + (Number(host) * every) / hosts;
      clock.now = time + 0.1;
      times.push(time);
      if (round === 10 || round === 11) continue;
      feed.push(live.targetOf({ host }), time, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  expect(reads()).toBeLessThanOrEqual(4);
  const names = scored.map(([host, time]) => `${host} ${time}`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.toSorted()).toEqual([...stored].flatMap(([host, times]) => times.map((time) => `${host} ${time}`)).toSorted());
});
