import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrometheusClient } from '../../ml-sidecar/src/prometheus/client.ts';
import { createWriteReceiver, type WriteReceiver } from '../../ml-sidecar/src/prometheus/remote-write.ts';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { findSuite, prometheusProduct } from '../../stack/src/binaries.ts';
import { testMachine } from '../contract/machine.ts';
import { answers, serve, type StartedProgram, startProgram, type TestServer, until } from '../end-to-end/started-program.ts';

type Fault = 'none' | '500' | '503' | 'cut before' | 'cut after' | 'slow' | 'full';

const folder = mkdtempSync(join(tmpdir(), 'presage-write-'));
const names = new Map<number, string>();
/** What reached the consumer: "series time" → how often. */
const arrived = new Map<string, number>();
const ended = new Set<string>();
const statuses = new Map<number, number>();
let fault: Fault = 'none';
let paused = false;
let targetUp = true;
let receiver: WriteReceiver;
let prometheus: StartedProgram;
const servers: TestServer[] = [];

beforeAll(async () => {
  receiver = createWriteReceiver({
    accept: (name, labels) => {
      const id = names.size;
      names.set(id, `${name}/${labels['series'] ?? ''}`);
      return name === 'm' ? { id, tolerance: 1 } : undefined;
    },
    now: () => Date.now() / 1000,
    seed: 1,
    onQueued: () => paused || consume(),
    limits: { maxQueuedSamples: 100 },
  });
  const sink = await serve((request, body, response) => {
    const { 'content-type': contentType = '', 'content-encoding': contentEncoding = '' } = request.headers;
    const take = (): number => {
      const { status } = receiver.receive({ body, contentType, contentEncoding, sender: 'prometheus' });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      return status;
    };
    if (fault === '500' || fault === '503') response.writeHead(Number(fault)).end();
    else if (fault === 'cut before') response.destroy();
    else if (fault === 'slow') void sleep(500).then(() => response.writeHead(take()).end());
    else {
      const status = take();
      if (fault === 'cut after') response.destroy();
      else response.writeHead(status).end();
    }
  });
  let scrapes = 0;
  const target = await serve((_, __, response) => {
    const lines = Array.from({ length: 20 }, (_, i) => `m{series="${i}"} ${scrapes * 100 + i}\n`);
    scrapes += 1;
    if (targetUp) response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
    else response.destroy();
  });
  servers.push(sink, target);
  writeFileSync(join(folder, 'prometheus.yml'), configuration(sink.url, target.address));
  const { server: program } = await findSuite(testMachine(), prometheusProduct);
  prometheus = await startProgram(program, {
    args: (port) => [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    ready: (url) => answers(`${url}/-/ready`),
  });
  await until(() => arrived.size > 100, 30, 'samples by remote write');
});

afterAll(async () => {
  await prometheus?.stop();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

it.each<[Fault, number]>([
  ['500', 2],
  ['503', 2],
  ['cut before', 2],
  ['cut after', 2],
  ['slow', 2],
])('loses nothing and hands on nothing twice through 2 s of %s', async (kind, seconds) => {
  fault = kind;
  await sleep(seconds * 1000);
  fault = 'none';
  expect(await compare()).toEqual({ lost: 0, twice: 0, invented: 0 });
});

it('holds Prometheus back by 503 while the queue is full, and loses nothing', async () => {
  paused = true;
  await until(() => receiver.queuedSamples() >= 100 && (statuses.get(503) ?? 0) > 2, 20, 'a full queue');
  paused = false;
  consume();
  expect(await compare()).toEqual({ lost: 0, twice: 0, invented: 0 });
});

it('says that each series of a vanished target has ended', async () => {
  targetUp = false;
  await until(() => ended.size === 20, 20, '20 stale markers');
  expect([...ended].sort()).toEqual(Array.from({ length: 20 }, (_, i) => `m/${i}`).sort());
  expect([...statuses.keys()].sort((a, b) => a - b)).toEqual([204, 503]);
  // The cut connections made Prometheus send again what had been taken.
  expect(receiver.counts.duplicate).toBeGreaterThan(0);
});

function consume(): void {
  for (let batch = receiver.take(); batch; batch = receiver.take()) {
    for (let i = 0; i < batch.ids.length; i++) {
      const name = names.get(batch.ids[i])!;
      const key = `${name} ${batch.times[i]}`;
      if (batch.ended[i] === 1) ended.add(name);
      else arrived.set(key, (arrived.get(key) ?? 0) + 1);
    }
  }
}

/** Against what Prometheus itself stored up to now, once the stream has caught up with it. */
async function compare(): Promise<{ readonly lost: number; readonly twice: number; readonly invented: number }> {
  const now = Date.now() / 1000;
  const newest = (): number => Math.max(...[...arrived.keys()].map((key) => Number(key.split(' ')[1])));
  await until(() => newest() > now + 1, 30, 'the stream to catch up');
  const client = createPrometheusClient({ url: prometheus.url, timeoutSeconds: 10, sleep: async () => {}, random: () => 0 });
  const stored = await client.readSamples(parseSelector('m')!, now - 600, now);
  const wanted = new Set(stored.flatMap(({ name, labels, times }) => [...times].map((time) => `${name}/${labels['series']} ${time}`)));
  const upToNow = [...arrived].filter(([key]) => Number(key.split(' ')[1]) <= now);
  return {
    lost: [...wanted].filter((key) => !arrived.has(key)).length,
    twice: upToNow.filter(([, times]) => times > 1).length,
    invented: upToNow.filter(([key]) => !wanted.has(key)).length,
  };
}

function configuration(sink: string, target: string): string {
  return `
global: { scrape_interval: 200ms, scrape_timeout: 200ms }
scrape_configs:
  - job_name: target
    static_configs: [{ targets: ['${target}'] }]
remote_write:
  - url: ${sink}/api/v1/write
    remote_timeout: 5s
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 4, max_samples_per_send: 50, capacity: 10000, min_backoff: 30ms, max_backoff: 300ms }
    metadata_config: { send: false }
`;
}
