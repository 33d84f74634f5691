import { silentLogger } from '@presage/service/log.ts';
import { createWebServer, type WebServer } from '@presage/service/web.ts';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Collect } from '../collectors/collector.ts';
import { createRunner } from '../scrape/runner.ts';
import { readExposition } from '../testing/exposition-lines.ts';
import { hostOver, startOne, unpack } from '../testing/fixture-host.ts';
import { chosenCollectors, metricsHandler } from './metrics.ts';
import { routes } from './routes.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { request } from 'node:http';

const tree = unpack(['loadavg', 'meminfo']);
const build = { version: '1.2.3', revision: 'abc', node: '20.0.0', platform: 'linux', architecture: 'amd64' };
const servers: WebServer[] = [];
let release = () => {};
const held: Collect = () =>
  new Promise((resolve) => {
    release = resolve;
  });

async function serve(collects: readonly { name: string; collect: Collect }[], maxRequests: number, detailed = true): Promise<string> {
  const runner = createRunner(hostOver(tree.root), collects, silentLogger);
  const self = createSelfMetrics(build, detailed, { procfs: '/proc', usage: () => ({ user: 0, system: 0, resident: 0 }) });
  const metrics = metricsHandler({ runner, self, timeout: 5, maxRequests, answered: () => {} });
  const handler = routes({ telemetryPath: '/metrics', metrics, version: build.version });
  const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler, log: silentLogger });
  servers.push(server);
  const [url] = await server.start();
  return url;
}

let url = '';
beforeAll(async () => {
  url = await serve([startOne('loadavg'), startOne('meminfo')], 40);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  tree.clear();
});

describe('GET /metrics', () => {
  it('answers in text format 0.0.4 with the collectors’ and its own families', async () => {
    const response = await fetch(`${url}metrics`, { headers: { 'Accept-Encoding': 'identity' } });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    for (const name of [
      'node_load1',
      'node_memory_MemTotal_bytes',
      'process_cpu_seconds_total',
      'nodejs_version_info',
      'promhttp_metric_handler_requests_total',
    ])
      expect(text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    expect(text).toMatch(/^node_exporter_build_info\{version="1.2.3",.*goversion="node20.0.0".*\} 1$/m);
    expect(text).toMatch(/^presage_build_info\{.*version="1.2.3".*\} 1$/m);
    const names = text.split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(new Set(names).size).toBe(names.length);
  });

  it('zips when asked', async () => {
    const body = await new Promise<Buffer>((resolve, reject) => {
      const asked = request(`${url}metrics?collect[]=loadavg`, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
        expect(response.headers['content-encoding']).toBe('gzip');
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
      });
      asked.on('error', reject).end();
    });
    expect(gunzipSync(body).toString()).toContain('\nnode_load1 0.21\n');
  });

  it('chooses collectors by collect[] and exclude[]', async () => {
    const only = await (await fetch(`${url}metrics?collect[]=loadavg`)).text();
    expect([only.includes('node_load1 '), only.includes('node_memory_')]).toEqual([true, false]);
    const without = await (await fetch(`${url}metrics?exclude[]=loadavg`)).text();
    expect([without.includes('node_load1 '), without.includes('node_memory_')]).toEqual([false, true]);
  });

  it.each([
    ['collect[]=loadavg&exclude[]=meminfo', /got collect\[\] and exclude\[\]/],
    ['collect[]=nonsense', /got collector "nonsense", want one that is switched on: loadavg, meminfo/],
  ])('answers 400 to ?%s', async (query, reason) => {
    const response = await fetch(`${url}metrics?${query}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(reason);
  });

  it('answers 503 beyond --web.max-requests and counts it', async () => {
    const busy = await serve([{ name: 'held', collect: held }], 1);
    const first = fetch(`${busy}metrics`);
    await expect.poll(async () => (await fetch(`${busy}metrics?collect[]=none`)).status).toBe(503);
    release();
    expect((await first).status).toBe(200);
    let done = false;
    const last = fetch(`${busy}metrics`).finally(() => {
      done = true;
    });
    const finish = () => {
      release();
      return done;
    };
    await expect.poll(finish).toBe(true);
    expect(await (await last).text()).toMatch(/^promhttp_metric_handler_requests_total\{code="503"\} [1-9]/m);
  });

  it('leaves its own metrics out on wish, but for the builds and the count of duplicates', async () => {
    const plain = await serve([startOne('loadavg')], 40, false);
    const text = await (await fetch(`${plain}metrics`)).text();
    expect(text).not.toMatch(/^(process|nodejs|promhttp)_/m);
    expect(text).toMatch(/^node_exporter_build_info/m);
    expect(readExposition(text.replace(/\n\n+/g, '\n')).length).toBeGreaterThan(3);
  });
});

describe('the other paths', () => {
  it.each([
    ['', 200, /<a href="\/metrics">Metrics<\/a>/],
    ['-/healthy', 200, /^Healthy$/m],
    ['nothing', 404, /not found/],
  ])('GET /%s answers %s', async (path, status, text) => {
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(text);
  });
  it('refuses what is not a read', async () => expect((await fetch(`${url}metrics`, { method: 'POST' })).status).toBe(405));
});

describe('chosenCollectors', () => {
  it('keeps the order of the list', () =>
    expect(chosenCollectors(new URLSearchParams('collect[]=b&collect[]=a'), ['a', 'b', 'c'])).toEqual(['a', 'b']));
  it('takes all without a filter', () => expect(chosenCollectors(new URLSearchParams(''), ['a'])).toBeUndefined());
});
