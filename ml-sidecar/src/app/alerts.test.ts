import { silentLogger } from '@presage/service/log.ts';
import { afterAll, expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { closeServers, fail, matrix, serve, type Reply } from '../prometheus/client.fixture.ts';
import { copyLearnable } from '../stats/learnable.ts';
import { Watch } from '../watch/watch.ts';
import { distrusting, type FiredAlert } from './alerts.ts';
import { createPoller } from './poller.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { shapeOf } from './shape.ts';

afterAll(closeServers);

const step = 600;
const last = 100;
const settings: WatchSettings = {
  name: 'cpu',
  expr: 'avg(cpu)',
  step,
  resolution: step,
  live: true,
  history: 80 * step,
  horizon: 6 * step,
  refit: step,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'last-value',
  detector: 'robust-zscore',
  distrustAlerts: true,
  seriesLimit: 9,
};
const gauges = { quantiles: [0.5], horizons: [3600] };

const values = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `[${(from + i) * step},"${5 + ((from + i) % 3)}"]`).join(',');
const answer: Reply = (query, response) => {
  const expr = query.get('query') ?? '';
  if (expr.startsWith('count(')) return void response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
  if (!expr.startsWith('ALERTS')) {
    const of = (host: string): string => `{"metric":{"instance":"${host}"},"values":[${values(21, last)}]}`;
    return void response.end(matrix(`${of('a')},${of('b')}`));
  }
  const fired = `{"metric":{"__name__":"ALERTS","alertname":"Slow","alertstate":"firing","severity":"page","instance":"a","path":"/"}`;
  return void response.end(matrix(`${fired},"values":[${values(60, 62)}]}`));
};

/** Loads the watch once by a poller; gives the indexes of `host` that teach nothing, and those that are shown as anomalous. */
async function learn(of: WatchSettings, reply: Reply) {
  const { client } = await serve([reply], { tries: 1 });
  const watch = new Watch(of, shapeOf(of, gauges));
  const end = new AbortController();
  const warnings: string[] = [];
  await createPoller({
    watch,
    client,
    metrics: createSelfMetrics('1', '1'),
    now: () => last * step,
    clock: () => 0,
    signal: end.signal,
    log: { ...silentLogger, warn: (message: string) => void warnings.push(message) },
    pause: async () => {},
    sleep: async () => end.abort(),
    loaded: () => {},
  }).run();
  const untaught = (host: string): number[] => {
    const series = watch.series.get(JSON.stringify([['instance', host]]))?.history();
    if (series === undefined) throw new Error(`no series of ${host}`);
    const into = new Float64Array(series.values.length);
    copyLearnable(series, into);
    return [...into.keys()].filter((i) => Number.isNaN(into[i])).map((i) => series.start / step + i);
  };
  const rings = [...watch.series.values()].map(({ ring }) => ring);
  return { a: untaught('a'), b: untaught('b'), warnings, anomalous: rings.some((ring) => ring.isAnomalous(61)) };
}

test('what a series was while an alert on its host fired is not learnt, nor shown as anomalous; other hosts learn on', async () => {
  expect(await learn(settings, answer)).toEqual({ a: [60, 61, 62], b: [], warnings: [], anomalous: false });
});

test('all is learnt where alerts are not to count', async () => {
  expect((await learn({ ...settings, distrustAlerts: false }, answer)).a).toEqual([]);
});

test('where alerts cannot be read, the watch goes on and says so', async () => {
  const refusing: Reply = (query, response, request) =>
    query.get('query')?.startsWith('ALERTS') === true ? fail(response, 422, 'execution', 'no') : answer(query, response, request);
  expect(await learn(settings, refusing)).toEqual({ a: [], b: [], warnings: ['alerts cannot be read'], anomalous: false });
});

test.each<[Record<string, string>, Record<string, string>, boolean]>([
  [{ instance: 'a' }, { instance: 'a', device: 'sda' }, true],
  [{ instance: 'a', device: 'sdb' }, { instance: 'a', device: 'sda' }, false],
  [{ instance: 'a', job: 'probe' }, { instance: 'a', job: 'node' }, false],
  [{ instance: 'b' }, { instance: 'a' }, false],
  [{ job: 'node' }, { instance: 'a', job: 'node' }, false],
  [{}, { instance: 'a' }, false],
])('an alert on %o says of the series %o that it is not to be trusted: %s', (alert, labels, wanted) => {
  const fired: FiredAlert = { labels: alert, firing: Uint8Array.of(0, 1) };
  const [one] = distrusting([{ labels, values: Float64Array.of(1, 2) }], [fired]);
  expect(one.distrusted).toEqual(wanted ? Uint8Array.of(0, 1) : undefined);
});

test('without alerts nothing is copied', () => {
  const grid = [{ labels: { instance: 'a' }, values: Float64Array.of(1) }];
  expect(distrusting(grid, [])).toBe(grid);
});
