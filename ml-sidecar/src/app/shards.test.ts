import { createLogger } from '@presage/service/log.ts';
import { afterEach, describe, expect, it } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { closeServers, matrix, serve, vector } from '../prometheus/client.fixture.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { encodeWriteBody } from '../prometheus/write-encoder.ts';
import { seededRandom } from '../stats/random.ts';
import { LiveWatch } from '../watch/live-watch.ts';
import { keyOf } from '../watch/labels.ts';
import { createShard } from '../watch/shard.ts';
import { fromDisk } from '../watch/section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from '../watch/snapshot.ts';
import { Watch } from '../watch/watch.ts';
import { keepsWhole } from './hosts.ts';
import { readGrid } from './history.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import { createLiveIntake } from './live-intake.ts';
import { shapeOf } from './shape.ts';
import { takeOver } from './take-over.ts';

const settings: WatchSettings = {
  name: 'm',
  expr: 'm',
  step: 60,
  resolution: 60,
  live: false,
  history: 3600,
  horizon: 600,
  refit: 600,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'seasonal-naive',
  detector: 'auto',
  seriesLimit: 1000,
};
const last = Math.floor(1_790_000_000 / 60);
const first = last - 59;
const random = seededRandom(3);
const all = Array.from({ length: 60 }, (_, i) => ({
  ...(i % 10 === 0 ? {} : { instance: `host-${Math.floor(random() * 1e9)}` }),
  device: `d${i % 3}`,
  id: String(i),
}));
const valueAt = (id: string, index: number): number => 50 + Number(id) + 10 * Math.sin(index * (1 + Number(id)));
const log = createLogger({ level: 'error', format: 'logfmt', write: () => {} });
const options = { pause: async () => {}, clock: () => 0, log };

afterEach(closeServers);

/** A server with all series and without remote read, whatever it is asked for; `asked` are the ranges of the queries. */
async function store() {
  const asked: string[] = [];
  const answer = (query: URLSearchParams): string => {
    const expr = query.get('query') ?? '';
    if (expr.startsWith('count(')) return vector(`[${last * 60}, "${all.length}"]`);
    asked.push(expr);
    const span = Number(/\[(\d+)ms\]/.exec(expr)?.[1] ?? 0) / 1000;
    const end = Number(query.get('end') ?? query.get('time'));
    const start = Math.ceil(Number(query.get('start') ?? end - span) / 60);
    const indexes = Array.from({ length: Math.floor(end / 60) - start + 1 }, (_, i) => start + i);
    const pairs = (id: string) => indexes.map((index) => [index * 60, String(valueAt(id, index))]);
    return matrix(all.map((labels) => JSON.stringify({ metric: labels, values: pairs(labels.id) })).join());
  };
  const { client } = await serve([
    (query, response, request) => void response.writeHead(request.url?.endsWith('/read') === true ? 400 : 200).end(answer(query)),
  ]);
  return { client, asked };
}

function watchOf(index: number, count: number, live = false): Watch {
  const own = { ...settings, live };
  const watch = new Watch(own, shapeOf(own, { quantiles: [0.5], horizons: [600] }));
  watch.shard = createShard({ index, count, labels: ['instance'] });
  return watch;
}

async function learnt(index: number, count: number): Promise<Watch> {
  const { client } = await store();
  const watch = watchOf(index, count);
  const { matrix: grid } = await readGrid(client, settings, first, last, watch.shard);
  await watch.load(last, last - first + 1, grid, options);
  return watch;
}

const every = all.map((labels) => keyOf(labels)).sort();

describe.each([1, 2, 3, 4, 5, 6, 7])('%i shards', (count) => {
  const indexes = Array.from({ length: count }, (_, index) => index);

  it('follow every polled series exactly once', async () => {
    const { client } = await store();
    const read = await Promise.all(
      indexes.map((index) => readGrid(client, settings, last, last, createShard({ index, count, labels: ['instance'] }))),
    );
    expect(read.flatMap(({ matrix: grid }) => grid.map(({ labels }) => keyOf(labels))).sort()).toEqual(every);
  });

  it('follow every series of the stream exactly once, labels of the source left aside', async () => {
    const pushed: string[] = [];
    for (const index of indexes) {
      const live = new LiveWatch(watchOf(index, count, true), options);
      const feed: LiveFeed = {
        live,
        isFull: () => false,
        catchUp: async () => {},
        hasHeard: () => true,
        beside: () => feed,
        push: (target) => void pushed.push(target.key),
      };
      const intake = createLiveIntake({ now: () => last * 60, seed: 1, externalLabels: () => ({ zone: 'eu' }) });
      intake.add(feed, parseSelector('m')!);
      const samples = [{ timeMs: last * 60_000, value: 1 }];
      const body = encodeWriteBody(all.map((labels) => ({ labels: { __name__: 'm', ...labels, zone: 'eu' }, samples })));
      expect(intake.receiver.receive({ body, contentType: '', contentEncoding: '', sender: 'a' }).status).toBe(204);
    }
    expect(pushed.sort()).toEqual(every);
  });
});

/** A watch of another shard that goes on from the saved state of `before`. */
function goneOn(before: Watch, index: number, count: number): Watch {
  const watch = watchOf(index, count, before.settings.live);
  expect(restoreSnapshot(watch, fromDisk(takeSnapshot(before)))).toBe(true);
  return watch;
}

const valuesOf = (watch: Watch) => [...watch.series].map(([key, { ring }]) => [key, ...ring.series(60).values].join()).sort();
const statesOf = (watch: Watch) => [...watch.series].map(([key, { score, fitted }]) => [key, score, fitted?.model].join()).sort();

describe('when the number of shards changes', () => {
  it('what was followed goes on, and what others followed is learnt from history', async () => {
    const watch = goneOn(await learnt(1, 2), 1, 3);
    const kept = new Map(watch.series);
    expect(watch.isPartial).toBe(true);
    const { client } = await store();
    expect(await takeOver({ ...options, watch, client })).toBe(true);
    const fresh = await learnt(1, 3);
    expect(kept.size).toBeGreaterThan(0);
    expect(kept.size).toBeLessThan(watch.series.size);
    for (const [key, series] of kept) expect(watch.series.get(key)).toBe(series);
    expect(valuesOf(watch)).toEqual(valuesOf(fresh));
    expect(statesOf(watch)).toEqual(statesOf(fresh));
    expect(await takeOver({ ...options, watch, client })).toBe(false);
  });

  it('a shard that is split in two asks for nothing: both halves go on from its state', async () => {
    const before = await learnt(1, 2);
    const [low, high] = [goneOn(before, 1, 4), goneOn(before, 3, 4)];
    const { client, asked } = await store();
    expect([await takeOver({ ...options, watch: low, client }), await takeOver({ ...options, watch: high, client })]).toEqual([
      false,
      false,
    ]);
    expect(asked).toEqual([]);
    expect([...low.series.keys(), ...high.series.keys()].sort()).toEqual([...before.series.keys()].sort());
  });

  it('live series that others followed are read back too', async () => {
    const { client } = await store();
    const feedOf = (watch: Watch) =>
      createLiveFeed({
        ...options,
        live: new LiveWatch(watch, options),
        client,
        now: () => last * 60,
        sleep: async () => {},
        source: { selector: parseSelector('m')!, recorded: false },
        externalLabels: async () => ({}),
        onRoom: () => {},
        onGap: () => {},
        signal: new AbortController().signal,
      });
    const before = watchOf(0, 2, true);
    await feedOf(before).catchUp();
    const watch = goneOn(before, 0, 3);
    const feed = feedOf(watch);
    expect(await takeOver({ ...options, watch, client, feed })).toBe(true);
    await feed.catchUp();
    const fresh = watchOf(0, 3, true);
    await feedOf(fresh).catchUp();
    expect(valuesOf(watch)).toEqual(valuesOf(fresh));
    expect(watch.series.size).toBeGreaterThan(0);
  });
});

it('hosts are whole where the label of the hosts alone decides', () => {
  expect(keepsWhole({ index: 0, count: 2, labels: ['instance'] }, 'instance')).toBe(true);
  expect(keepsWhole({ index: 0, count: 2, labels: ['instance', 'job'] }, 'instance')).toBe(false);
  expect(keepsWhole({ index: 0, count: 1, labels: ['job'] }, 'instance')).toBe(true);
});
