import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findTestProgram } from '../../stack/src/binaries.ts';
import { testMachine } from '../contract/machine.ts';
import { startPrometheus, startSidecar } from './started-parts.ts';
import { answers, serve, type StartedProgram, startProgram, type TestServer, until } from './started-program.ts';

// VictoriaMetrics is all that Presage asks; Prometheus scrapes the target and Presage, and writes both there.
const folder = mkdtempSync(join(tmpdir(), 'presage-stores-'));
const running: { stop(): Promise<void> }[] = [];
const hosts = ['a', 'b'];
const day = 86_400;
const noiseAt = (time: number): number => 6 * (((Math.floor(time) * 7919) % 1009) / 1009 - 0.5);
const levelAt = (host: string, time: number): number => 50 + 20 * Math.sin((2 * Math.PI * time) / day) + (host === 'a' ? 0 : 100);
const valueAt = (host: string, time: number): number => levelAt(host, time) + noiseAt(time);
let target: TestServer;
let victoria: StartedProgram;
let sidecar: StartedProgram;

beforeAll(async () => {
  target = await serve((_request, _body, response) => {
    const lines = hosts.map((host) => `load{host="${host}"} ${valueAt(host, Date.now() / 1000)}\n`);
    response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(lines.join(''));
  });
  victoria = await startProgram(await findTestProgram(testMachine(), 'victoria-metrics'), {
    args: (port) => [`-storageDataPath=${folder}/victoria`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=1y'],
    ready: (url) => answers(`${url}/health`),
  });
  running.push(victoria);
  await importHistory();
  writeFileSync(join(folder, 'presage.yml'), sidecarConfiguration());
  sidecar = await startSidecar(folder);
  running.push(sidecar);
  writeFileSync(join(folder, 'prometheus.yml'), prometheusConfiguration());
  running.push(await startPrometheus(folder, { flags: ['--storage.remote.flush-deadline=1s'] }));
});

afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
  await target.close();
  rmSync(folder, { recursive: true });
});

it('learns from VictoriaMetrics, by range queries and by range selectors', async () => {
  const states = async (): Promise<readonly string[]> => {
    const page = await (await fetch(`${sidecar.url}/metrics`)).text();
    return [...page.matchAll(/^presage_series_state\{host="(.)",watch="(\w+)",state="ready"\} 1$/gm)].map(
      ([, host, watch]) => `${watch} ${host}`,
    );
  };
  await until(async () => (await states()).length === 4, 60, 'all series ready');
  expect([...(await states())].sort()).toEqual(['polled a', 'polled b', 'raw a', 'raw b']);
});

it('has its horizon gauges in VictoriaMetrics, with the labels of the series', async () => {
  const predicted = 'presage_predicted{horizon="6h",quantile="0.5"}';
  let found: readonly { readonly metric: Readonly<Record<string, string>>; readonly values: readonly number[] }[] = [];
  const read = async (): Promise<boolean> => {
    // As raw samples, since a query shows those of the last 30 s later.
    const answer = await fetch(`${victoria.url}/api/v1/export?${new URLSearchParams({ 'match[]': predicted }).toString()}`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    found = lines.map((line) => JSON.parse(line));
    return found.length === 4;
  };
  await until(read, 60, predicted);
  for (const { metric, values } of found) {
    expect(Object.keys(metric).sort()).toEqual(['__name__', 'horizon', 'host', 'instance', 'job', 'quantile', 'watch']);
    expect(Math.abs((values.at(-1) ?? NaN) - levelAt(metric['host'] ?? '', Date.now() / 1000 + day / 4))).toBeLessThan(8);
  }
});

/** Four days of five-minute values up to now. */
async function importHistory(): Promise<void> {
  const now = Math.floor(Date.now() / 300_000) * 300;
  const times = Array.from({ length: 4 * 288 }, (_, i) => now - i * 300).reverse();
  const lines = hosts.flatMap((host) => times.map((time) => `load{host="${host}"} ${valueAt(host, time)} ${time * 1000}\n`));
  await fetch(`${victoria.url}/api/v1/import/prometheus`, { method: 'POST', body: lines.join('') });
  await fetch(`${victoria.url}/internal/force_flush`);
}

function sidecarConfiguration(): string {
  return `
prometheus: { url: "${victoria.url}" }
defaults: { step: 5m, history: 4d, horizon: 6h, delay: 45s }
watches:
  - { name: polled, expr: "max by (host) (load)" }
  - { name: raw, expr: load }
`;
}

function prometheusConfiguration(): string {
  return `
global: { scrape_interval: 2s }
remote_write:
  - url: ${victoria.url}/api/v1/write
    write_relabel_configs:
      - { source_labels: [__name__], regex: 'presage_.*', action: keep }
    queue_config: { batch_send_deadline: 200ms }
scrape_configs:
  - job_name: presage
    honor_labels: true
    static_configs: [{ targets: ['${sidecar.url.slice('http://'.length)}'] }]
`;
}
