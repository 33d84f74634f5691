import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { choosePorts } from '../../stack/src/ports.ts';
import { startPrometheus, startRedis, startSidecar } from '../end-to-end/started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from '../end-to-end/started-program.ts';
import { type KillTold, toldAway, toldBack } from './killed-told.ts';
import { compareStored, savedTimes, type StoredVerdict } from './stored-samples.ts';

export const victims = ['sidecar', 'prometheus', 'redis'] as const;
export type Victim = (typeof victims)[number];

/** A real Prometheus that scrapes five times a second and sends to a real Redis, from which a sidecar takes its live samples. */
export interface KilledRig {
  process(victim: Victim): StartedProgram;
  /**
   * Ends one with SIGKILL, waits until the sidecar tells it (where it is not the victim), and starts the victim anew after so many seconds.
   * Resolves when it is at work: Prometheus scrapes after 5 s.
   */
  kill(victim: Victim, seconds: number): Promise<KillTold>;
  /** Waits until everything up to now has been scored and saved. */
  catchUp(): Promise<void>;
  /** Stops the scrapes, waits until all is scored, ends the sidecar and compares its state with what Prometheus has stored. */
  verdict(): Promise<StoredVerdict>;
  stop(): Promise<void>;
}

export const seriesCount = 10;

/** Starts everything and waits until scores are saved. */
export async function startKilledRig(): Promise<KilledRig> {
  const folder = mkdtempSync(join(tmpdir(), 'presage-killed-'));
  const ports = await choosePorts({ prometheus: 0, redis: 0, sidecar: 0 });
  const target = await serveTarget();
  const sender = new Redis(ports.redis, '127.0.0.1', { enableOfflineQueue: false, commandTimeout: 2000, retryStrategy: () => 100 });
  sender.on('error', () => {});
  const sink = await serve((_, body, response) => {
    sender.xadd('samples', 'MAXLEN', '~', '5000', '*', 'body', body).then(
      () => response.writeHead(204).end(),
      () => response.writeHead(503).end(),
    );
  });
  writeConfiguration(folder, { target: target.server.address, sink: sink.url, ...ports });
  mkdirSync(`${folder}/redis`);
  const starters: Readonly<Record<Victim, () => Promise<StartedProgram>>> = {
    sidecar: () => startSidecar(folder, { port: ports.sidecar, state: 'state', flags: ['--storage.save-interval=1s'] }),
    prometheus: () => startPrometheus(folder, { port: ports.prometheus }),
    redis: () => startRedis(`${folder}/redis`, { port: ports.redis, flags: ['--appendonly', 'yes'] }),
  };
  const running = new Map<Victim, StartedProgram>();
  const start = async (victim: Victim): Promise<void> => void running.set(victim, await starters[victim]());
  const state = `${folder}/state/watches/m.state`;
  const url = `http://127.0.0.1:${ports.prometheus}`;
  for (const victim of ['redis', 'prometheus', 'sidecar'] as const) await start(victim);
  target.up();
  await until(() => savedTimes(state).size === seriesCount, 60, 'scores of every series');
  const scoredUntil = (time: number) => () => {
    const times = [...savedTimes(state).values()];
    return times.length === seriesCount && times.every((each) => each >= time);
  };
  return {
    process: (victim) => running.get(victim)!,
    async kill(victim, seconds) {
      const sidecar = () => running.get('sidecar')!;
      const wasAway = victim === 'sidecar' ? undefined : await toldAway(sidecar(), victim);
      await running.get(victim)!.stop('SIGKILL');
      const away = await wasAway?.();
      await sleep(seconds * 1000);
      const before = performance.now();
      await start(victim);
      const { scrapes } = target;
      if (victim === 'prometheus') await until(() => target.scrapes > scrapes + 2, 60, 'scrapes');
      const back = await toldBack(sidecar(), victim);
      return {
        counted: (away?.counted ?? 0) + back.counted,
        lines: [...(away?.lines ?? []), ...back.lines],
        seconds: (performance.now() - before) / 1000,
      };
    },
    catchUp: () => until(scoredUntil(Date.now() / 1000), 90, 'everything up to now to be scored'),
    async verdict() {
      target.down();
      await sleep(1000);
      return compareStored({ url, state, configuration: `${folder}/presage.yml`, scoredUntil, stop: () => running.get('sidecar')!.stop() });
    },
    async stop() {
      sender.disconnect();
      await Promise.all([...running.values()].filter((one) => one.runs()).map((one) => one.stop('SIGKILL')));
      await Promise.all([target.server.close(), sink.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Target {
  readonly server: TestServer;
  readonly scrapes: number;
  up(): void;
  down(): void;
}

/** Noise; each scrape after the fiftieth has one series in a burst of three. */
async function serveTarget(): Promise<Target> {
  let scrapes = 0;
  let isUp = false;
  const server = await serve((_, __, response) => {
    if (!isUp) {
      response.destroy();
      return;
    }
    const lines = Array.from({ length: seriesCount }, (_one, i) => `m{series="${i}"} ${valueOf(i, scrapes)}\n`);
    scrapes += 1;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  });
  return {
    server,
    get scrapes() {
      return scrapes;
    },
    up: () => void (isUp = true),
    down: () => void (isUp = false),
  };
}

function valueOf(series: number, scrape: number): number {
  const noise = ((series * 7919 + scrape * 104_729) % 1009) / 1009;
  return 50 + noise + (scrape > 40 && (scrape + 3 * series) % (3 * seriesCount) < 3 ? 3000 : 0);
}

interface Addresses {
  readonly target: string;
  readonly sink: string;
  readonly prometheus: number;
  readonly redis: number;
}

function writeConfiguration(folder: string, { target, sink, prometheus, redis }: Addresses): void {
  writeFileSync(
    `${folder}/prometheus.yml`,
    `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: { cluster: test } }
scrape_configs: [{ job_name: target, static_configs: [{ targets: ['${target}'] }] }]
remote_write:
  - url: ${sink}/write
    remote_timeout: 5s
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 2, max_samples_per_send: 50, capacity: 10000, min_backoff: 30ms, max_backoff: 300ms }
    metadata_config: { send: false }
    write_relabel_configs: [{ source_labels: [__name__], regex: m, action: keep }]
`,
  );
  writeFileSync(
    `${folder}/presage.yml`,
    `
prometheus: { url: "http://127.0.0.1:${prometheus}" }
transports: { redis: { url: "redis://127.0.0.1:${redis}", stream: samples, group: presage, consumer: a, claim: 5s } }
watches:
  - { name: m, expr: m, step: 2s, resolution: 200ms, history: 2h, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive, detection: { quiet: 1s } }
`,
  );
}
