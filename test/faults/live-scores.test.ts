import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPrometheus } from '../end-to-end/started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from '../end-to-end/started-program.ts';
import { clientOf, type Life, referenceOf, startLife } from './life.ts';

type Fault = 'none' | '500' | '503' | 'cut before' | 'cut after' | 'slow';

const folder = mkdtempSync(join(tmpdir(), 'presage-write-'));
const statuses = new Map<number, number>();
const lives: Life[] = [];
let fault: Fault = 'none';
let targetUp = true;
let life: Life;
let saved: ReturnType<Life['save']> | undefined;
let prometheus: StartedProgram;
const servers: TestServer[] = [];

beforeAll(async () => {
  const sink = await serve((request, body, response) => {
    const { 'content-type': contentType = '', 'content-encoding': contentEncoding = '' } = request.headers;
    const take = (): number => {
      const { status } = life.receive({ body, contentType, contentEncoding, sender: 'prometheus' });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      return status;
    };
    if (life === undefined || life.ended || fault === 'cut before') response.destroy();
    else if (fault === '500' || fault === '503') response.writeHead(Number(fault)).end();
    else if (fault === 'slow') void sleep(500).then(() => response.writeHead(take()).end());
    else {
      const status = take();
      if (fault === 'cut after') response.destroy();
      else response.writeHead(status).end();
    }
  });
  let scrapes = 0;
  const target = await serve((_, __, response) => {
    const lines = Array.from({ length: 20 }, (_, i) => `m{series="${i}"} ${valueOf(i, scrapes)}\n`);
    scrapes += 1;
    if (targetUp) response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
    else response.destroy();
  });
  servers.push(sink, target);
  writeFileSync(join(folder, 'prometheus.yml'), configuration(sink.url, target.address));
  prometheus = await startPrometheus(folder);
  begin();
  await until(() => life.scores.size > 1000, 60, 'scores');
});

afterAll(async () => {
  life?.end();
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
])('scores every sample once and as ever through 2 s of %s', async (kind, seconds) => {
  fault = kind;
  await sleep(seconds * 1000);
  fault = 'none';
  expect(await compare()).toEqual(asEver);
});

it('goes on after being killed as if it had not been', async () => {
  saved = life.save();
  const taken = life.scores.size;
  await until(() => life.scores.size > taken + 200, 60, 'scores that no saved state knows');
  life.end();
  await sleep(2000);
  begin();
  expect(await compare()).toEqual(asEver);
});

it.each(['dead', 'deaf'])('reads back what Prometheus, restarted while the receiver was %s, never sends', async (kind) => {
  saved = life.save();
  if (kind === 'dead') life.end();
  else fault = 'cut before';
  await sleep(2000);
  // Asked to end, it would wait a minute for the receiver.
  await prometheus.stop('SIGKILL');
  prometheus = await startPrometheus(folder, { port: prometheus.port });
  if (kind === 'dead') begin();
  fault = 'none';
  expect(await compare()).toEqual(asEver);
});

it('marks the series of a vanished target as stale', async () => {
  targetUp = false;
  const states = (): readonly string[] => [...life.watch.series.values()].map((series) => life.watch.stateOf(series));
  await until(() => states().every((state) => state === 'stale'), 60, 'stale series');
  expect(states()).toHaveLength(20);
  expect(await compare(false)).toEqual(asEver);
  // Scores that are all alike would prove nothing.
  expect(new Set([...lives.at(-1)!.scores.values()].flat()).size).toBeGreaterThan(100);
  // The cut connections made Prometheus send again what had been taken.
  expect(lives[0].receiverCounts().duplicate).toBeGreaterThan(0);
});

const asEver = { unscored: 0, twice: 0, otherwise: 0 };

/** A new process, as far as its state goes: it knows what was saved, if anything was. */
function begin(): void {
  life = startLife(prometheus.url, saved);
  lives.push(life);
}

/** Against a run without interruption over what Prometheus itself stored up to now, once the stream has caught up with it. */
async function compare(goesOn = true): Promise<typeof asEver> {
  const now = Date.now() / 1000;
  if (goesOn) await until(() => life.newest() > now + 1, 60, 'the stream to catch up');
  const stored = await clientOf(prometheus.url).readSamples(life.selector, now - 3600, now);
  const wanted = referenceOf(stored);
  const missing = (): boolean => [...wanted.keys()].some((key) => !lives.some(({ scores }) => scores.has(key)));
  // The sender's shards bring series at different paces; what is never scored is told below.
  for (let waited = 0; missing() && waited < 30; waited++) await sleep(1000);
  const given = lives.flatMap(({ scores }) => [...scores]).filter(([key]) => wanted.has(key));
  const scored = new Set(given.map(([key]) => key));
  return {
    unscored: [...wanted.keys()].filter((key) => !scored.has(key)).length,
    twice: given.filter(([, scores]) => scores.length > 1).length,
    otherwise: given.filter(([key, scores]) => scores.some((score) => score !== wanted.get(key))).length,
  };
}

/** Noise, with a burst now and then. */
function valueOf(series: number, scrape: number): number {
  const noise = ((series * 7919 + scrape * 104_729) % 1009) / 1009;
  return 50 + noise + ((scrape + 3 * series) % 150 < 5 ? 30 : 0);
}

function configuration(sink: string, target: string): string {
  return `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: { cluster: test } }
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
