import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { clientOf } from '../faults/life.ts';
import { savedSeries } from '../faults/saved-series.ts';
import { startPrometheus, startSidecar } from './started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from './started-program.ts';

const seriesCount = 5;
const folder = mkdtempSync(join(tmpdir(), 'presage-reload-'));
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
    scrapes += 1;
    const lines = ['m', 'n'].flatMap((name) =>
      Array.from({ length: seriesCount }, (_, i) => `${name}{series="${i}"} ${valueOf(i, scrapes)}\n`),
    );
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  });
  // Prometheus is told them before anything listens there.
  const ports = await choosePorts({ sidecar: 0, twin: 0 });
  writeFileSync(join(folder, 'prometheus.yml'), configuration(target.address, [ports.sidecar, ports.twin]));
  prometheus = await startPrometheus(folder);
  write('sidecar', [watch('m'), watch('n'), watch('gone', 'sum(m)')]);
  write('twin', [watch('m'), watch('n')]);
  [sidecar, twin] = await Promise.all(
    (['sidecar', 'twin'] as const).map((name) => startSidecar(folder, { configuration: `${name}.yml`, state: name, port: ports[name] })),
  );
  targetUp = true;
});

afterAll(async () => {
  await Promise.all([sidecar, twin, prometheus].map((program) => program?.stop('SIGKILL')));
  await target?.close();
  rmSync(folder, { recursive: true });
});

it('goes on under a new configuration with no sample lost or taken twice, and under the old one where the new has faults', async () => {
  await scoredByTwin(30);
  const fits = await shown(sidecar, 'presage_fits_total{watch="m",result="success"}');
  expect(await shown(sidecar, 'presage_config_last_reload_successful')).toBe(1);
  const loadedAt = await shown(sidecar, 'presage_config_last_reload_success_timestamp_seconds');

  write('sidecar', [watch('m'), '  - { name: n, expr: n, step: 2 }']);
  sidecar.hangUp();
  await until(async () => (await shown(sidecar, 'presage_config_last_reload_successful')) === 0, 60, 'the fault to be told');
  expect(sidecar.said()).toMatch(/configuration cannot be used; the one before stays.*watches\[1\]\.step: got 2, want a duration/);
  const refused = await fetch(`${sidecar.url}/-/reload`, { method: 'POST' });
  expect([refused.status, await refused.text()]).toEqual([
    500,
    expect.stringMatching(
      /^configuration cannot be used; the one before stays:\n.*sidecar\.yml:4:.*: watches\[1\]\.step: got 2, want a dur/,
    ),
  ]);
  await scoredByTwin(10);
  expect(await shown(sidecar, 'presage_watch_up{watch="gone"}')).toBe(1);

  // n is another one now, whose state fits; the third is gone, and one of its own is new.
  write('sidecar', [watch('m'), watch('n', 'n', 'limits: [{ name: high, above: 90 }]'), watch('fresh', 'sum(n)')]);
  sidecar.hangUp();
  await until(async () => (await shown(sidecar, 'presage_config_last_reload_successful')) === 1, 60, 'the configuration to be loaded');
  expect(await shown(sidecar, 'presage_config_last_reload_success_timestamp_seconds')).toBeGreaterThan(loadedAt);
  expect(sidecar.said()).toMatch(/configuration loaded.*kept=1 changed=n added=fresh removed=gone/);
  await until(async () => (await shown(sidecar, 'presage_watch_up{watch="fresh"}')) === 1, 60, 'the new watch to be asked');
  const page = await (await fetch(`${sidecar.url}/metrics`)).text();
  expect(page).not.toContain('watch="gone"');
  expect(page).toMatch(/presage_limit\{.*series="0",watch="n",limit="high",side="above"\} 90/);
  expect([...(readStateFile(`${folder}/sidecar/watches/gone.state`) ?? [])]).toHaveLength(2);

  const again = await fetch(`${sidecar.url}/-/reload`, { method: 'PUT' });
  expect([again.status, await again.text()]).toEqual([200, 'configuration loaded\nkept: m, n, fresh\n']);
  await scoredByTwin(20);
  expect(await shown(sidecar, 'presage_fits_total{watch="m",result="success"}')).toBe(fits);

  targetUp = false;
  const stored = await storedSamples();
  const counted = async (): Promise<readonly number[]> => [
    await shown(sidecar, 'presage_scored_samples_total{watch="m"}'),
    await shown(sidecar, 'presage_scored_samples_total{watch="n"}'),
    await shown(twin, 'presage_scored_samples_total{watch="n"}'),
  ];
  const wanted = [stored.m, stored.n, stored.n];
  await vi.waitFor(async () => expect(await counted()).toEqual(wanted), { timeout: 60_000, interval: 100 });
  await Promise.all([sidecar.stop(), twin.stop()]);
  for (const name of ['m', 'n']) {
    expect(stateOf('sidecar', name)).toHaveLength(seriesCount);
    expect(stateOf('sidecar', name)).toEqual(stateOf('twin', name));
  }
});

async function storedSamples(): Promise<Readonly<Record<'m' | 'n', number>>> {
  const client = clientOf(prometheus.url);
  const now = Date.now() / 1000;
  const count = async (name: string): Promise<number> => {
    const read = await client.readSamples(parseSelector(name)!, now - 3600, now + 60);
    return read.reduce((sum, { times }) => sum + times.length, 0);
  };
  return { m: await count('m'), n: await count('n') };
}

/** Waits until the twin, whose configuration never changes, has scored so many scrapes more. */
async function scoredByTwin(scrapes: number): Promise<void> {
  const scored = () => shown(twin, 'presage_scored_samples_total{watch="m"}');
  const before = await scored();
  await until(async () => (await scored()) >= before + scrapes * seriesCount, 60, `${scrapes} scrapes scored`);
}

/** Value of one series of /metrics; 0 where it is not there. */
async function shown({ url }: StartedProgram, series: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

/** What a sidecar saved last of each series. */
const stateOf = (name: 'sidecar' | 'twin', watch: string) => savedSeries(`${folder}/${name}/watches/${watch}.state`);

/** Noise, with a burst now and then. */
function valueOf(series: number, scrape: number): number {
  const noise = ((series * 7919 + scrape * 104_729) % 1009) / 1009;
  return 50 + noise + (scrape > 20 && (scrape + 3 * series) % 17 < 3 ? 3000 : 0);
}

function watch(name: string, expr = name, more = 'limits: []'): string {
  return `  - { name: ${name}, expr: ${expr}, step: 2s, resolution: 200ms, history: 30m, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive, detection: { quiet: 1s }, ${more} }`;
}

function write(name: 'sidecar' | 'twin', watches: readonly string[]): void {
  writeFileSync(join(folder, `${name}.yml`), `prometheus: { url: "${prometheus.url}" }\nwatches:\n${watches.join('\n')}\n`);
}

function configuration(scraped: string, ports: readonly number[]): string {
  const writes = ports.map(
    (port) => `
  - url: http://127.0.0.1:${port}/api/v1/write
    remote_timeout: 5s
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 2, max_samples_per_send: 50, capacity: 10000, min_backoff: 30ms, max_backoff: 300ms }
    metadata_config: { send: false }
    write_relabel_configs: [{ source_labels: [__name__], regex: '[mn]', action: keep }]`,
  );
  return `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, external_labels: { cluster: test } }
scrape_configs:
  - job_name: target
    static_configs: [{ targets: ['${scraped}'] }]
remote_write:${writes.join('')}
`;
}
