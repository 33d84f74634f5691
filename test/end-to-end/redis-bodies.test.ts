import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createRedisBodies } from '../../ml-sidecar/src/prometheus/redis-bodies.ts';
import type { WriteReply } from '../../ml-sidecar/src/prometheus/remote-write.ts';
import { encodeWriteBody } from '../../ml-sidecar/src/prometheus/write-encoder.ts';
import { startPrometheus, startRedis, startSidecar } from './started-parts.ts';
import { type StartedProgram, until } from './started-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-redis-'));
const members: { readonly stop: () => Promise<void> }[] = [];
let server: StartedProgram;
let sender: Redis;

beforeAll(async () => {
  server = await startServer();
  sender = new Redis(server.port, '127.0.0.1', { maxRetriesPerRequest: null });
  sender.on('error', () => {});
});

afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.stop()));
});

afterAll(async () => {
  sender.disconnect();
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('brings each body once, those sent before the start included', async () => {
  await send('once', 0, 20);
  const member = joinGroup('once', 'a');
  await send('once', 20, 40);
  await until(() => member.taken.length === 40, 30, '40 bodies');
  expect(member.taken).toEqual(numbers(0, 40));
  await until(async () => (await pending('once')) === 0, 30, 'acknowledgements');
});

it('shares the bodies among the members of a group', async () => {
  const [a, b] = [joinGroup('shared', 'a'), joinGroup('shared', 'b')];
  await send('shared', 0, 200);
  await until(() => a.taken.length + b.taken.length === 200, 30, '200 bodies');
  expect([...a.taken, ...b.taken].sort((x, y) => x - y)).toEqual(numbers(0, 200));
});

it('waits while the receiver has no room, and drops what it refuses', async () => {
  const replies: WriteReply['status'][] = [503, 503, 204, 400, 503, 204];
  const member = joinGroup('full', 'a', () => replies.shift() ?? 204);
  await send('full', 0, 4);
  await sender.xadd('full', '*', 'other', 'field');
  await until(() => member.taken.length === 3 && member.dropped.length === 2, 30, 'bodies and drops');
  expect(member.taken).toEqual([0, 2, 3]);
  expect(member.dropped).toEqual(['said no', expect.stringContaining('has no field "body"')]);
});

it('goes on after a restart with what it had not finished', async () => {
  const first = await joinWithoutRoom('restart', 'a', 5);
  await first.stop();
  const second = joinGroup('restart', 'a');
  await until(() => second.taken.length === 5, 30, '5 bodies');
  expect(second.taken).toEqual(numbers(0, 5));
});

it('takes over what a member that vanished had not finished', async () => {
  const first = await joinWithoutRoom('vanish', 'a', 5);
  await first.stop();
  const second = joinGroup('vanish', 'b');
  await until(() => second.taken.length === 5, 30, '5 bodies');
  expect(second.taken).toEqual(numbers(0, 5));
});

it('loses nothing when Redis is killed and comes back', async () => {
  const member = joinGroup('killed', 'a');
  await send('killed', 0, 10);
  await until(() => member.taken.length === 10, 30, '10 bodies');
  await server.stop('SIGKILL');
  await until(() => member.errors.length > 0, 30, 'a word on it');
  server = await startServer(server.port);
  await send('killed', 10, 20);
  await until(() => new Set(member.taken).size === 20, 30, '20 bodies');
  expect(new Set(member.taken)).toEqual(new Set(numbers(0, 20)));
});

it('feeds a sidecar that runs, and one that stopped and starts again, each sample scored once', { timeout: 240_000 }, async () => {
  // Without anything to scrape: what is scored can only come by Redis.
  writeFileSync(join(folder, 'prometheus.yml'), 'global: { scrape_interval: 15s }\n');
  const prometheus = await startPrometheus(folder);
  members.push({ stop: () => prometheus.stop() });
  writeFileSync(join(folder, 'presage.yml'), sidecarConfiguration(prometheus.url));
  const begin = Date.now() - 10_000;
  await sendScrapes(begin, 0, 40);
  const first = await startSidecar(folder);
  members.push({ stop: () => first.stop('SIGKILL') });
  await sendScrapes(begin, 40, 80);
  await until(async () => (await scored(first)) === 80 * seriesCount, 60, 'all samples scored');
  await first.stop();

  await sendScrapes(begin, 80, 100);
  const second = await startSidecar(folder, { port: first.port });
  members.push({ stop: () => second.stop('SIGKILL') });
  await until(async () => (await scored(second)) === 20 * seriesCount, 60, 'what was sent meanwhile scored');
  await until(async () => (await pending('samples')) === 0, 30, 'acknowledgements');
  const { data }: { data: { start: number; labels: object }[] } = JSON.parse(
    await (await fetch(`${second.url}/api/v1/anomalies?watch=m`)).text(),
  );
  // The one that leaves its range does so while the sidecar is away.
  expect(data.map(({ labels, start }) => [labels, start > begin / 1000 + 8])).toEqual([[{ series: '3' }, true]]);
});

const seriesCount = 5;

/** Scrapes as remote-write bodies, a tenth of a second apart: noise, and from the 85th on one series far out of it. */
async function sendScrapes(begin: number, from: number, to: number): Promise<void> {
  for (const scrape of numbers(from, to)) {
    const body = encodeWriteBody(
      numbers(0, seriesCount).map((series) => ({
        labels: { __name__: 'm', series: String(series) },
        samples: [
          { timeMs: begin + 100 * scrape, value: 50 + ((series * 7919 + scrape * 104_729) % 1009) / 1009 + outlier(series, scrape) },
        ],
      })),
    );
    await sender.xadd('samples', '*', 'body', Buffer.from(body));
  }
}

const outlier = (series: number, scrape: number): number => (series === 3 && scrape >= 85 ? 3000 : 0);

/** Samples scored since the start of the process, by its own count. */
async function scored({ url }: StartedProgram): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^presage_scored_samples_total\{watch="m"\} (\d+)/m.exec(page)?.[1] ?? 0);
}

function sidecarConfiguration(url: string): string {
  return `
prometheus: { url: "${url}" }
transports: { redis: { url: "redis://127.0.0.1:${server.port}", stream: samples, group: presage, consumer: a } }
watches:
  - { name: m, expr: m, step: 30s, resolution: 100ms, history: 1h, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive }
`;
}

const startServer = (port?: number): Promise<StartedProgram> =>
  startRedis(folder, { port, flags: ['--appendonly', 'yes', '--appendfsync', 'always'] });

function joinGroup(stream: string, consumer: string, statusOf: () => WriteReply['status'] = () => 204) {
  const controller = new AbortController();
  const taken: number[] = [];
  const dropped: string[] = [];
  const errors: string[] = [];
  const receive = (body: Uint8Array): WriteReply => {
    const status = statusOf();
    if (status === 204) taken.push(Number(Buffer.from(body).toString()));
    return { status, message: status === 204 ? '' : 'said no' };
  };
  const transport = createRedisBodies({
    url: `redis://127.0.0.1:${server.port}`,
    stream,
    group: 'presage',
    consumer,
    claimSeconds: 0.5,
    now: () => performance.now() / 1000,
    receive,
    sleep: (seconds) => sleep(seconds * 1000),
    signal: controller.signal,
    onDrop: (message) => dropped.push(message),
    onError: (message) => errors.push(message),
  });
  const running = transport.run();
  const stop = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  members.push({ stop });
  return { taken, dropped, errors, stop };
}

/** A member that has read so many bodies and has no room for one. They are sent first: it waits with those of its first read. */
async function joinWithoutRoom(stream: string, consumer: string, bodies: number) {
  await send(stream, 0, bodies);
  const member = joinGroup(stream, consumer, () => 503);
  await until(async () => (await pending(stream)) === bodies, 30, 'bodies on their way');
  return member;
}

async function send(stream: string, from: number, to: number): Promise<void> {
  for (const number of numbers(from, to)) await sender.xadd(stream, '*', 'body', Buffer.from(String(number)));
}

async function pending(stream: string): Promise<number> {
  const [count] = await sender.xpending(stream, 'presage');
  return Number(count);
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
