import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { startPrometheus, startSidecar } from '../end-to-end/started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from '../end-to-end/started-program.ts';
import { clientOf } from './life.ts';
import { savedSeries } from './saved-series.ts';

const seriesCount = 20;
const folder = mkdtempSync(join(tmpdir(), 'presage-killed-'));
let target: TestServer;
let targetUp = false;
let prometheus: StartedProgram;
let sidecar: StartedProgram;
let twin: StartedProgram;

beforeAll(async () => {
  let scrapes = 0;
  target = await serve((_, __, response) => {
    if (!targetUp) {
      response.destroy();
      return;
    }
    const lines = Array.from({ length: seriesCount }, (_, i) => `m{series="${i}"} ${valueOf(i, scrapes)}\n`);
    scrapes += 1;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  });
  // Prometheus is told them before anything listens there.
  const ports = await choosePorts({ sidecar: 0, twin: 0 });
  writeFileSync(join(folder, 'prometheus.yml'), configuration(target.address, [ports.sidecar, ports.twin]));
  prometheus = await startPrometheus(folder);
  writeFileSync(join(folder, 'presage.yml'), watches(prometheus.url));
  [sidecar, twin] = await Promise.all([start('sidecar', ports.sidecar), start('twin', ports.twin)]);
  // Both start on nothing, so that both have all that there is.
  targetUp = true;
});

afterAll(async () => {
  await Promise.all([sidecar, twin, prometheus].map((program) => program?.stop('SIGKILL')));
  await target?.close();
  rmSync(folder, { recursive: true });
});

it('scores after a restart and after kill -9 what one that never stopped scores, and every sample', { timeout: 300_000 }, async () => {
  await scoredByTwin(45);
  await sidecar.stop();
  sidecar = await start('sidecar', sidecar.port);
  await scoredByTwin(15);
  const killed = Date.now() / 1000;
  await sidecar.stop('SIGKILL');
  const known = new Map(stateOf('sidecar').map(({ labels, live }) => [labels['series'], live.time]));
  await scoredByTwin(12);
  const back = Date.now() / 1000;
  sidecar = await start('sidecar', sidecar.port);
  await scoredByTwin(15);
  targetUp = false;

  const client = clientOf(prometheus.url);
  const stored = async (since: (series: string) => number): Promise<number> => {
    const read = await client.readSamples(parseSelector('m')!, back - 3600, back + 3600);
    return read.reduce((sum, { labels, times }) => sum + times.filter((time) => time > since(labels['series'])).length, 0);
  };
  const missing = async (): Promise<readonly number[]> => [
    (await stored((series) => known.get(series)!)) - (await scored(sidecar)),
    (await stored(() => -Infinity)) - (await scored(twin)),
  ];
  expect(known.size).toBe(seriesCount);
  await until(async () => (await missing()).every((count) => count === 0), 60, 'every sample to be scored once');
  expect(await stored((series) => known.get(series)!)).toBeGreaterThan(27 * seriesCount);

  await Promise.all([sidecar.stop(), twin.stop()]);
  const [states, wanted] = [stateOf('sidecar'), stateOf('twin')];
  expect(states).toEqual(wanted);
  // States without an anomaly while the sidecar was dead would say little of what was read back.
  // One that lasts, or comes again soon, is one with what came before.
  const meanwhile = states.flatMap(({ anomalies }) => anomalies).filter(({ start, end }) => end > killed && start < back);
  expect(meanwhile.length).toBeGreaterThan(0);
  expect(states).toHaveLength(seriesCount);
});

/** Waits until the twin, which never stops, has scored so many scrapes more. */
async function scoredByTwin(scrapes: number): Promise<void> {
  const before = await scored(twin);
  await until(async () => (await scored(twin)) >= before + scrapes * seriesCount, 60, `${scrapes} scrapes scored`);
}

/** Samples scored since the start of the process, by its own count. */
async function scored({ url }: StartedProgram): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  return Number(/^presage_scored_samples_total\{watch="m"\} (\d+)/m.exec(page)?.[1] ?? 0);
}

/** What a sidecar saved last of each series. */
const stateOf = (name: 'sidecar' | 'twin') => savedSeries(`${folder}/${name}/watches/m.state`);

/** With the same state at each start of the same one. */
const start = (name: 'sidecar' | 'twin', port: number): Promise<StartedProgram> => startSidecar(folder, { state: name, port });

/** Noise; once it is known, one of the series at each scrape is in a burst of three. */
function valueOf(series: number, scrape: number): number {
  const noise = ((series * 7919 + scrape * 104_729) % 1009) / 1009;
  return 50 + noise + (scrape > 50 && (scrape + 3 * series) % (3 * seriesCount) < 3 ? 3000 : 0);
}

function watches(url: string): string {
  return `
prometheus: { url: "${url}" }
watches:
  - { name: m, expr: m, step: 2s, resolution: 200ms, history: 30m, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive, detection: { quiet: 1s } }
`;
}

function configuration(scraped: string, ports: readonly number[]): string {
  const write = (port: number): string => `
  - url: http://127.0.0.1:${port}/api/v1/write
    remote_timeout: 5s
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 4, max_samples_per_send: 50, capacity: 10000, min_backoff: 30ms, max_backoff: 300ms }
    metadata_config: { send: false }
    write_relabel_configs: [{ source_labels: [__name__], regex: m, action: keep }]`;
  return `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: { cluster: test } }
scrape_configs:
  - job_name: target
    static_configs: [{ targets: ['${scraped}'] }]
remote_write:${ports.map(write).join('')}
`;
}
