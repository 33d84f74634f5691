import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDryRun } from '../app/dry-run.ts';
import { createPrometheusClient } from '../prometheus/client.ts';
import { chartOf } from './chart.ts';
import { createHandler } from './handler.ts';
import { readPage } from './page-files.ts';
import { newest, servedOf, step, waveWatch } from './served.fixture.ts';
import type { WatchHealth } from './served.ts';

const hostile = { instance: 'web-2', mountpoint: '/"><img src=x onerror=alert(1)>\\' };
const health: WatchHealth = { up: true, fault: undefined, lastSuccess: newest };
const folder = mkdtempSync(join(tmpdir(), 'presage-page-'));
const script = 'console.log("presage")\n'.repeat(20);
const stop = new AbortController();
const watch = await waveWatch('disk', [{ instance: 'web-1', mountpoint: '/' }, hostile, {}], (values, place) => {
  // A spike three steps ago, and a value past the limit now.
  if (place === 0) values[values.length - 4] = 2.5;
  if (place === 1) values[values.length - 1] = 3;
});
const watches = [{ watch, health }];
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Presage</title>');
writeFileSync(join(folder, 'presage-ABCDEFGH.js'), script);
writeFileSync(join(folder, 'presage-ABCDEFGH.js.gz'), gzipSync(script));
writeFileSync(join(folder, 'secret.txt'), 'not of the page');
const page = readPage(pathToFileURL(`${folder}/`));
// Nothing listens on port 1: what needs no Prometheus is answered all the same.
const dryRun = createDryRun({
  configuration: () => ({
    prometheus: { url: 'http://127.0.0.1:1', timeout: 1, concurrency: 1, headers: {} },
    gauges: servedOf([], health).gauges,
    watches: [],
  }),
  client: createPrometheusClient({ url: 'http://127.0.0.1:1', timeoutSeconds: 1, tries: 1, sleep: async () => {}, random: () => 0 }),
  now: () => newest,
  clock: () => performance.now() / 1000,
  pause: async () => {},
});
const served = { ...servedOf([], health), watches, dryRun, signal: stop.signal, ...(page ? { page } : {}) };
const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler: createHandler(served), log: silentLogger });
let url = '';
beforeAll(async () => {
  [url] = await server.start();
});
afterAll(async () => {
  stop.abort();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function ask(path: string) {
  return JSON.parse(await (await fetch(url + path)).text());
}

test('the fleet ranks hosts by their first limit, one that is passed before one that is ahead', async () => {
  const { data } = await ask('api/v1/fleet');
  expect(data.hosts.map(({ host }: { host: string }) => host).sort()).toEqual(['', 'web-1', 'web-2']);
  expect(data.hosts[0]).toMatchObject({
    host: 'web-2',
    series: 1,
    watches: ['disk'],
    first: { watch: 'disk', limit: 'full', seconds: [0, 0, 0], labels: hostile },
  });
  // 0.5 + 0.2 sin(2π i/144) passes 0.65 at i ≈ 19.4 of the day that begins with the newest value.
  const [, median] = data.hosts[1].first.seconds;
  expect(Math.abs(median - 19.4 * step)).toBeLessThan(4 * step);
});

test('a chart holds history, what was expected, the forecast and its anomalies', async () => {
  const { data } = await ask('api/v1/chart/disk?past=1d&label.instance=web-1');
  expect(data).toMatchObject({
    watch: 'disk',
    step,
    horizon: 86_400,
    bounds: [0, 1],
    more: 0,
    limits: [{ name: 'full', side: 'above', value: 0.65 }],
  });
  const [one] = data.series;
  expect(one.labels).toEqual({ instance: 'web-1', mountpoint: '/' });
  expect(one.history.times).toHaveLength(144);
  const spike = one.history.times.indexOf(newest - 3 * step);
  expect(one.history.values[spike]).toBeCloseTo(2.5);
  expect(one.history.anomalous[spike]).toBe(1);
  expect(one.history.anomalous.filter((side: number) => side !== 0).length).toBeLessThan(8);
  const median = one.forecast.rows[data.levels.indexOf(0.5)];
  expect(one.forecast.times[0]).toBeLessThan(newest - 43_200);
  expect(one.forecast.times.at(-1)).toBeGreaterThanOrEqual(newest + 86_400);
  const inSixHours = one.forecast.times.indexOf(newest + 36 * step);
  expect(Math.abs(median[inSixHours] - 0.7)).toBeLessThan(0.05);
});

test('a chart is compressed for who takes it', async () => {
  const sizeOf = async (coding: string) => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${url}api/v1/chart/disk`, { headers: { 'Accept-Encoding': coding } }, resolve).on('error', reject);
    });
    let size = 0;
    for await (const chunk of answer) size += Buffer.byteLength(chunk);
    expect(answer.headers['content-encoding'] ?? 'identity').toBe(coding);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    return size;
  };
  expect(await sizeOf('gzip')).toBeLessThan((await sizeOf('identity')) / 2);
});

test('thinning a long past keeps the spike', async () => {
  const long = await waveWatch('disk', [{ instance: 'web-1' }], (values) => (values[100] = 0.99));
  const [one] = chartOf(long, { labels: {}, past: 5 * 86_400, most: 1, points: 50 }, newest).series;
  expect(one.history.values.length).toBeLessThanOrEqual(50);
  expect(Math.max(...one.history.values.map(Number))).toBeCloseTo(0.99);
});

test('label values come as they are, whatever stands in them', async () => {
  const { data } = await ask(`api/v1/chart/disk?${new URLSearchParams({ 'label.mountpoint': hostile.mountpoint }).toString()}`);
  expect(data.series.map(({ labels }: { labels: object }) => labels)).toEqual([hostile]);
});

test.each([
  ['api/v1/chart/nope', 404, 'no watch "nope"'],
  ['api/v1/chart/disk?past=soon', 400, 'past: got "soon", want a duration such as 90s, 1h30m or 14d'],
  ['api/v1/chart/disk?past=0', 400, 'past: got "0", want a duration such as 90s, 1h30m or 14d'],
  ['api/v1/chart/disk?series=1000', 400, 'series: got "1000", want a whole number from 1 to 60'],
  ['api/v1/chart/disk?color=red', 400, 'color: got an unknown parameter, want past, series or label.NAME'],
  ['api/v1/chart/disk?past=1d&past=2d', 400, 'past: got it more than once, want it once'],
])('%s is refused with what is wrong', async (path, status, error) => {
  const answer = await fetch(url + path);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ status: 'error', error });
});

test('events tell each watch at once, and again when its source fails', async () => {
  const heard: string[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    get(`${url}api/v1/events`, (response) => {
      expect(response.headers['content-type']).toBe('text/event-stream');
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        heard.push(...text.split('\n').filter((line) => line.startsWith('data: ')));
        if (heard.length === 1) watches[0] = { watch, health: { up: false, fault: 'connection refused', lastSuccess: newest } };
        if (heard.length === 2) stop.abort();
      });
      response.on('end', resolve);
    }).on('error', reject);
  });
  await ended;
  const [first, second] = heard.map((line) => JSON.parse(line.slice('data: '.length)));
  expect(first).toMatchObject({ watch: { name: 'disk', series: 3, up: true, fault: null, time: newest } });
  // The value past the limit is anomalous and told with the event.
  expect(first.series.map(({ labels }: { labels: object }) => labels)).toContainEqual(hostile);
  expect(second).toMatchObject({ watch: { up: false, fault: 'connection refused' } });
});

const json = { 'Content-Type': 'application/json' };

test.each([
  ['another type', { 'Content-Type': 'text/plain' }, '{}', 415, /^Content-Type: got text\/plain, want application\/json$/],
  ['the page of another site', { ...json, 'Sec-Fetch-Site': 'cross-site' }, '{}', 403, /another site/],
  ['no JSON', json, 'cpu', 400, /^body: got no JSON/],
  ['nothing of a watch', json, '{}', 400, /^name: got nothing/],
  [
    'several faults',
    json,
    '{"name":"x","expr":"up","step":"90","foo":1}',
    400,
    /^step: got "90", want a duration.*\nfoo: got an unknown key/,
  ],
  ['a preset', json, '{"preset":"node"}', 400, /^preset: got a preset/],
  ['a history of too many steps', json, '{"name":"x","expr":"up","step":"30s"}', 400, /^history: got 40320 steps, want at most 20160/],
  ['a body over the limit', json, JSON.stringify({ name: 'x', expr: 'u'.repeat(70_000) }), 413, /65536 bytes/],
  ['a Prometheus that is down', json, '{"name":"x","expr":"up"}', 503, /ECONNREFUSED/],
])('a dry run refuses %s', async (_, headers, body, status, error) => {
  const answer = await new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = httpRequest(`${url}api/v1/dry-run`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text).error).toMatch(error);
});

test('the built page is served with its script, compressed, unchanging, and under a strict policy', async () => {
  const root = await fetch(url);
  expect(root.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(root.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(root.headers.get('x-content-type-options')).toBe('nosniff');
  expect(root.headers.get('cache-control')).toBe('no-cache');
  const asset = await fetch(`${url}page/presage-ABCDEFGH.js`, { headers: { 'Accept-Encoding': 'gzip' } });
  expect(asset.headers.get('content-encoding')).toBe('gzip');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect(await asset.text()).toBe(script);
  const plain = await fetch(`${url}page/presage-ABCDEFGH.js`, { headers: { 'Accept-Encoding': 'gzip;q=0' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
});

test.each(['page/secret.txt', 'page/../page/secret.txt', 'page/presage-ABCDEFGH.js.gz', 'page/%2e%2e/secret.txt', 'page/'])(
  '%s is not of the page',
  async (path) => {
    expect((await fetch(url + path)).status).toBe(404);
  },
);

test('only GET and HEAD are for files', async () => {
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
});

test('without a built page the overview stands at the root', () => {
  expect(readPage(pathToFileURL(`${folder}/nowhere/`))).toBeUndefined();
});
