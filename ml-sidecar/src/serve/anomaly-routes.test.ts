import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { fromDisk } from '../watch/section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from '../watch/snapshot.ts';
import { Watch } from '../watch/watch.ts';
import { createHandler } from './handler.ts';
import { newest, servedOf, step, waveWatch } from './served.fixture.ts';

const kept: string[] = [];
const health = { up: true, fault: undefined, lastSuccess: newest };
let disk: Watch;
let url: string;
let close: () => Promise<void>;

beforeAll(async () => {
  // The second moves two steps after the first, the third not at all.
  disk = await waveWatch(
    'disk',
    [
      { instance: 'a', device: 'sda' },
      { instance: 'a', device: 'sdb' },
      { instance: 'b', device: 'sda' },
    ],
    (values, place) => {
      const from = values.length - (place === 0 ? 8 : 6);
      if (place < 2) values.fill(3, from);
    },
  );
  const handler = createHandler(servedOf([disk], health, { keep: (watch) => void kept.push(watch.settings.name) }));
  const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler, log: silentLogger });
  url = (await server.start())[0].replace(/\/$/, '');
  close = () => server.close();
});

afterAll(() => close());

const anomalySchema = z.object({
  watch: z.string(),
  labels: z.record(z.string(), z.string()),
  start: z.number(),
  end: z.number(),
  peak: z.number(),
  direction: z.number(),
  lasting: z.boolean(),
  spreads: z.number().nullable(),
  miss: z.number().nullable(),
  expected: z.object({ value: z.number() }).nullable(),
  verdict: z.string().nullable(),
});

async function get<T>(path: string, data: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${url}${path}`);
  return data.parse(z.object({ status: z.literal('success'), data: z.unknown() }).parse(await response.json()).data);
}

const anomalies = (query = '') => get(`/api/v1/anomalies${query}`, z.array(anomalySchema));

async function say(body: unknown, type = 'application/json') {
  const response = await fetch(`${url}/api/v1/feedback`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = z
    .object({ data: z.object({ changed: z.boolean() }).optional(), error: z.string().optional() })
    .parse(await response.json());
  return { status: response.status, ...answer };
}

test('anomalies say what was expected and by how much it was missed, the newest first', async () => {
  const found = await anomalies(`?since=${newest - 20 * step}`);
  expect(found.map(({ labels }) => labels['device'])).toEqual(['sdb', 'sda']);
  expect(found.map(({ labels }) => labels['instance'])).toEqual(['a', 'a']);
  expect(found[1]).toMatchObject({ watch: 'disk', direction: 1, lasting: true, start: newest - 7 * step, end: newest, verdict: null });
  for (const { peak, expected, miss, spreads } of found) {
    expect(peak).toBeGreaterThan(1);
    expect(expected?.value).toBeLessThan(0.8);
    expect(miss).toBeGreaterThan(2);
    expect(spreads).toBeGreaterThan(2);
  }
});

test('an incident puts together what belongs together, and names who moved first', async () => {
  const causes = z.array(z.object({ series: z.string(), afterSeconds: z.number(), share: z.number() }));
  const [incident] = await get(
    `/api/v1/incidents?since=${newest - 20 * step}`,
    z.array(z.object({ labels: z.record(z.string(), z.string()), causes, anomalies: z.array(z.unknown()), similar: z.array(z.unknown()) })),
  );
  expect(incident.labels).toEqual({ watch: 'disk', instance: 'a' });
  expect(incident.anomalies).toHaveLength(2);
  expect(incident.causes.map(({ series, afterSeconds }) => [series, afterSeconds])).toEqual([
    ['disk{device="sda",instance="a"}', 0],
    ['disk{device="sdb",instance="a"}', 2 * step],
  ]);
});

test.each([
  ['?since=yesterday', 'since: got "yesterday", want Unix seconds'],
  ['?limit=0', 'limit: got "0", want a number of at least 1'],
  ['?watch=a&watch=b', 'watch: got ["a","b"], want the name of one watch'],
])('%s is refused', async (query, error) => {
  for (const path of ['anomalies', 'incidents']) {
    const response = await fetch(`${url}/api/v1/${path}${query}`);
    expect([response.status, await response.json()]).toEqual([400, { status: 'error', errorType: 'bad_data', error }]);
  }
});

test('questions leave out what is not asked for', async () => {
  expect(await anomalies(`?watch=other&since=0`)).toEqual([]);
  expect(await anomalies(`?since=${newest + 1}`)).toEqual([]);
  expect(await anomalies(`?since=0&limit=1`)).toHaveLength(1);
});

test('a false alarm raises the threshold of its series, once, and the state keeps it', async () => {
  const word = { watch: 'disk', labels: { instance: 'a', device: 'sda' }, time: newest - step, verdict: 'false-alarm' };
  const [series] = disk.series.values();
  const before = series.scorer.score(3);
  expect(await say(word)).toMatchObject({ status: 200, data: { changed: true } });
  const after = series.scorer.score(3);
  expect(after).toBeLessThan(before);
  expect(await say(word)).toMatchObject({ status: 200, data: { changed: false } });
  expect(series.scorer.score(3)).toBe(after);
  expect(kept).toEqual(['disk']);
  expect((await anomalies(`?since=${newest - 20 * step}`))[1].verdict).toBe('false-alarm');
  const restored = new Watch(disk.settings, disk.shape);
  expect(restoreSnapshot(restored, fromDisk(takeSnapshot(disk)))).toBe(true);
  const [again] = restored.series.values();
  expect([again.scorer.score(3), again.anomalies.since()]).toEqual([after, series.anomalies.since()]);
});

test.each([
  ['{', 400, 'want JSON'],
  [{ watch: 'disk' }, 400, 'labels: got nothing, want the labels of a series'],
  [{ watch: 'disk', labels: {}, time: 0, verdict: 'maybe' }, 400, 'verdict: got "maybe", want false-alarm or incident'],
  [{ watch: 'x', labels: {}, time: 0, verdict: 'incident' }, 404, 'no watch "x"'],
  [{ watch: 'disk', labels: { instance: 'z' }, time: 0, verdict: 'incident' }, 404, 'no series {"instance":"z"} in this watch'],
  [{ watch: 'disk', labels: { instance: 'b', device: 'sda' }, time: newest, verdict: 'incident' }, 404, 'no anomaly of this series'],
])('feedback %j is refused', async (body, status, error) => {
  const answer = await say(body);
  expect(answer.status).toBe(status);
  expect(answer.error).toContain(error);
});

test('feedback is not taken from forms of other sites, and no large body', async () => {
  expect(await say('{}', 'text/plain')).toMatchObject({ status: 400, error: 'content-type: got "text/plain", want application/json' });
  expect(await say({ watch: 'x'.repeat(100_000) })).toMatchObject({ status: 413 });
});
