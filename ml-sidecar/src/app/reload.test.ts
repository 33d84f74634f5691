import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { UsageError } from '@presage/service/command-line.ts';
import { createLogger } from '@presage/service/log.ts';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { formatFault, parseConfiguration } from '../configuration/parse.ts';
import { closeServers, matrix, serve, vector } from '../prometheus/client.fixture.ts';
import { encodeWriteBody } from '../prometheus/write-encoder.ts';
import { runApp } from './app.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-app-reload-'));
const calendar = join(folder, 'days.ics');
const secret = join(folder, 'token');
const ical = (day: string) =>
  `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:${day}\nSUMMARY:Day\nEND:VEVENT\nEND:VCALENDAR\n`;

/** Answers any question with one series, and writes down who asks and how often for its configuration, which it may keep for itself. */
async function prometheus() {
  const asked: (string | undefined)[] = [];
  const status = { asked: 0, told: true };
  const { url } = await serve([
    (query, response, request) => {
      asked.push(request.headers.authorization);
      if (request.url?.includes('status/config') === true) {
        status.asked += 1;
        if (!status.told) {
          response.destroy();
          return;
        }
      }
      const start = Number(query.get('start'));
      const step = Number(query.get('step'));
      const points = Array.from({ length: 40 }, (_, i) => `[${start + i * step},"${50 + (i % 7)}"]`);
      const ranged = `{"metric":{"instance":"a"},"values":[${points.join()}]}`;
      response.end(query.has('start') ? matrix(ranged) : vector('[0,"1"]'));
    },
  ]);
  return { url, asked, status };
}

let text = '';
let stop = new AbortController();
let running: Promise<void> = Promise.resolve();
let reload = (): void => {};
let said: string[] = [];
let sidecar = '';

beforeEach(async () => {
  stop = new AbortController();
  said = [];
  writeFileSync(calendar, ical('20260501'));
  writeFileSync(secret, 'first');
});
afterEach(async () => {
  stop.abort();
  await running;
  closeServers();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function start(first: string): Promise<void> {
  text = first;
  running = runApp({
    configure() {
      const parsed = parseConfiguration(text, { forecasters: ['seasonal-naive', 'auto'], detectors: ['auto', 'robust-zscore'] });
      if ('configuration' in parsed) return parsed.configuration;
      throw new UsageError(parsed.faults.map((fault) => formatFault('presage.yml', fault)).join('\n'));
    },
    onReload: (listener) => void (reload = listener),
    web: { listenAddresses: ['127.0.0.1:0'] },
    storage: { path: mkdtempSync(join(folder, 'state-')), saveInterval: 300 },
    pluginWorker: new URL('file:///nowhere'),
    log: createLogger({ level: 'debug', format: 'logfmt', write: (line) => said.push(line) }),
    world: {
      now: () => Date.now() / 1000,
      clock: () => performance.now() / 1000,
      memory: () => ({ resident: 0, limit: 1, heap: 0, heapLimit: 1 }),
      random: Math.random,
      sleep: (seconds, signal) => setTimeout(seconds * 1000, undefined, { signal }).catch(() => undefined),
      pause: () => setImmediate(),
      version: '1',
      nodeVersion: '1',
    },
    signal: stop.signal,
  });
  running.catch(() => undefined);
  await vi.waitFor(() => expect(said.join('')).toMatch(/msg=serving/), 10_000);
  sidecar = /msg=serving address=(\S+)/.exec(said.join(''))?.[1] ?? '';
  await vi.waitFor(async () => expect((await fetch(`${sidecar}-/ready`)).status).toBe(200), 10_000);
}

/** Loads a configuration and gives the status and the answer. */
async function load(next: string): Promise<readonly [number, string]> {
  text = next;
  const answer = await fetch(`${sidecar}-/reload`, { method: 'POST' });
  return [answer.status, await answer.text()];
}

const fileOf = (url: string, watches: readonly string[], more = '') =>
  `prometheus: { url: "${url}", bearer_token_file: ${secret} }\n${more}\nwatches:\n${watches.map((one) => `  - { ${one}, live: false, forecaster: seasonal-naive }\n`).join('')}`;

it('restarts the watches whose settings, levels or calendar changed, and no other', { timeout: 60_000 }, async () => {
  const { url } = await prometheus();
  const days = `holidays: ${calendar}`;
  const two = ['name: a, expr: sum(a)', `name: b, expr: sum(b), ${days}`];
  await start(fileOf(url, two));
  expect(await load(fileOf(url, two))).toEqual([200, 'configuration loaded\nkept: a, b\n']);
  expect(await load(fileOf(url, two, 'metrics: { horizons: [2h] }'))).toEqual([200, 'configuration loaded\nkept: a, b\n']);
  writeFileSync(calendar, ical('20260601'));
  expect(await load(fileOf(url, two))).toEqual([200, 'configuration loaded\nkept: a\nchanged: b\n']);
  expect(await load(fileOf(url, [two[1], 'name: c, expr: sum(c)']))).toEqual([
    200,
    'configuration loaded\nkept: b\nadded: c\nremoved: a\n',
  ]);
  expect(await load(fileOf(url, [two[1]], 'metrics: { quantiles: [0.05, 0.95] }'))).toEqual([
    200,
    'configuration loaded\nchanged: b\nremoved: c\n',
  ]);
});

it('asks another Prometheus, with another token, for the same watches', { timeout: 60_000 }, async () => {
  const [one, other] = [await prometheus(), await prometheus()];
  await start(fileOf(one.url, ['name: a, expr: sum(a), step: 2s, history: 2m, horizon: 1m, refit: 1m, delay: 1s']));
  expect(new Set(one.asked)).toEqual(new Set(['Bearer first']));
  writeFileSync(secret, 'second');
  const same = 'name: a, expr: sum(a), step: 2s, history: 2m, horizon: 1m, refit: 1m, delay: 1s';
  expect(await load(fileOf(other.url, [same]))).toEqual([200, 'configuration loaded\nkept: a\n']);
  await vi.waitFor(() => expect(other.asked).toContain('Bearer second'), 10_000);
  expect(other.asked).not.toContain('Bearer first');
});

it('stays as it is where a file of secrets or days is missing, and tells every fault of the text', { timeout: 60_000 }, async () => {
  const { url } = await prometheus();
  const good = fileOf(url, ['name: a, expr: sum(a)']);
  await start(good);
  const kept = 'configuration cannot be used; the one before stays:\n';
  expect(await load(`${good}  - { nome: b }\ndefaults: { step: 7 }\n`)).toEqual([
    500,
    expect.stringMatching(new RegExp(`^${kept}presage.yml:.*defaults.step: got 7, want .*\n(.*\n)*.*nome: got an unknown key`)),
  ]);
  expect(await load(good.replace(secret, '/nowhere/token'))).toEqual([
    500,
    expect.stringMatching(`^${kept}prometheus.bearer_token_file: got "/nowhere/token" .*, want a file that can be read\n$`),
  ]);
  rmSync(calendar);
  expect(await load(fileOf(url, [`name: a, expr: sum(a), holidays: ${calendar}`]))).toEqual([
    500,
    expect.stringContaining('watches (a).holidays: got'),
  ]);
  const page = await (await fetch(`${sidecar}metrics`)).text();
  expect(page).toMatch(/^presage_config_last_reload_successful 0$/m);
  expect(page).toMatch(/^presage_watch_up\{watch="a"\} 1$/m);
  text = good;
  reload();
  await vi.waitFor(async () => {
    expect(await (await fetch(`${sidecar}metrics`)).text()).toMatch(/^presage_config_last_reload_successful 1$/m);
  }, 10_000);
});

it('takes live samples as soon as a reload asks for them', { timeout: 60_000 }, async () => {
  const { url, status } = await prometheus();
  const file = fileOf(url, ['name: a, expr: up']);
  await start(file);
  await expect.poll(() => status.asked).toBeGreaterThan(0);
  // What is to be known of the sender is known since the start.
  status.told = false;
  expect(await load(file.replace('live: false', 'live: true'))).toEqual([200, 'configuration loaded\nchanged: a\n']);
  const samples = [{ timeMs: Date.now(), value: 1 }];
  const written = await fetch(`${sidecar}api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: encodeWriteBody([{ labels: { __name__: 'up' }, samples }]),
  });
  expect([written.status, await written.text()]).toEqual([204, '']);
});

it('wants POST or PUT', { timeout: 60_000 }, async () => {
  const { url } = await prometheus();
  await start(fileOf(url, ['name: a, expr: sum(a)']));
  const answer = await fetch(`${sidecar}-/reload`);
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, PUT']);
});
