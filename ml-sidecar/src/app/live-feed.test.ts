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
  seriesLimit: 10,
};

test('wherever what is read back ends, no sample is lost between it and the first that comes live, and none is scored twice', async () => {
  const seed = 7;
  const random = seededRandom(seed);
  for (let round = 0; round < 50; round++) {
    // Scrapes begin some milliseconds late now and then.
    const times = Array.from({ length: 60 }, (_, i) => start + i * every + (random() < 0.2 ? Math.round(random() * 30) / 1000 : 0));
    // Who had the feed before took this one, and ended before it was saved.
    const lost = 40;
    const asked = times[lost] + 0.1 + random() * (every - 0.2) + (random() < 0.5 ? every : 0);
    let now = asked;
    const scored: number[] = [];
    const live = new LiveWatch(new Watch(settings, shapeOf(settings, { quantiles: [0.5], horizons: [600] })), {
      clock: () => 0,
      onScored: ({ time }) => scored.push(time),
    });
    const target = live.targetOf({ host: 'a' });
    for (const time of times.slice(0, lost)) live.take(target, time, 1);
    let reads = 0;
    const feed = createLiveFeed({
      live,
      source: { selector: parseSelector('cpu')!, recorded: false },
      client: {
        query: async () => [],
        queryRange: async () => [],
        readSamples: async (_, from, to) => {
          reads++;
          const found = times.filter((time) => time >= from && time <= Math.min(to, now));
          return found.length === 0
            ? []
            : [{ name: 'cpu', labels: { host: 'a' }, times: Float64Array.from(found), values: new Float64Array(found.length) }];
        },
      },
      log: createLogger({ level: 'error', format: 'logfmt', write: () => {} }),
      now: () => now,
      pause: async () => {},
      sleep: async () => {},
      signal: new AbortController().signal,
      externalLabels: async () => ({}),
      onRoom: () => {},
      onGap: () => {},
    });
    await feed.catchUp();
    for (const time of times.filter((each) => each > asked)) {
      now = time + 0.2;
      feed.push(target, time, 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(scored, `round ${round} of seed ${seed}`).toEqual(times);
    expect(reads).toBeLessThanOrEqual(2);
  }
});
