import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrometheusClient, type PrometheusClient, type PrometheusClientOptions } from '../../ml-sidecar/src/prometheus/client.ts';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { findSuite, findTestProgram, prometheusProduct } from '../../stack/src/binaries.ts';
import { testMachine } from '../contract/machine.ts';
import { startPrometheus } from './started-parts.ts';
import { answers, serve, type StartedProgram, startProgram } from './started-program.ts';

// Two days that end at a round time an hour ago, so that Prometheus and VictoriaMetrics both take them.
const step = 15;
const points = 11_520;
const start = Math.floor(Date.now() / 3600_000) * 3600 - points * step;
const timeOf = (i: number) => start + i * step + (i % 7) / 1000;
const series = [
  { labels: { kind: 'noise' }, value: (i: number) => Math.sin(i * 12.9898) * 43_758.5453 },
  { labels: { kind: 'constant' }, value: () => 42 },
  { labels: { kind: 'counter' }, value: (i: number) => i * 1013 },
  { labels: { kind: 'ümlaut "quoted"' }, value: (i: number) => (i % 2 === 0 ? 0 : 1e-300) },
];
const kinds = series.map(({ labels }) => labels.kind).sort();

const folder = mkdtempSync(join(tmpdir(), 'presage-read-'));
const running: StartedProgram[] = [];
let prometheus: StartedProgram;
let stingy: StartedProgram;
let victoria: StartedProgram;

beforeAll(async () => {
  const machine = testMachine();
  const programs = await findSuite(machine, prometheusProduct);
  const plain = join(folder, 'plain');
  mkdirSync(plain);
  writeFileSync(join(folder, 'history.om'), openMetrics());
  execFileSync(programs.tool.path, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'history.om'), join(plain, 'tsdb')]);
  writeFileSync(join(plain, 'prometheus.yml'), 'global: {}\n');
  cpSync(plain, join(folder, 'stingy'), { recursive: true });
  const retention = '--storage.tsdb.retention.time=10y';
  prometheus = await startPrometheus(plain, { flags: [retention] });
  running.push(prometheus);
  const limits = ['--query.max-samples=9000', '--storage.remote.read-sample-limit=20000'];
  stingy = await startPrometheus(join(folder, 'stingy'), { flags: [retention, ...limits] });
  running.push(stingy);
  victoria = await startProgram(await findTestProgram(machine, 'victoria-metrics'), {
    args: (port) => [`-storageDataPath=${folder}/victoria`, `-httpListenAddr=127.0.0.1:${port}`, '-retentionPeriod=100y'],
    ready: (url) => answers(`${url}/health`),
  });
  running.push(victoria);
  await fetch(`${victoria.url}/api/v1/import/prometheus`, {
    method: 'POST',
    body: openMetrics().replaceAll(/ (\d+\.\d+)\n/g, (_, time) => ` ${Math.round(Number(time) * 1000)}\n`),
  });
  await fetch(`${victoria.url}/internal/force_flush`);
});

afterAll(async () => {
  await Promise.all(running.map((program) => program.stop()));
  rmSync(folder, { recursive: true });
});

describe('Prometheus', () => {
  it('gives every raw sample bit by bit, by remote read', async () => {
    expect(await faultsOf(clientOf(prometheus.url))).toEqual([]);
  });

  it('gives the same by range selectors where remote read is barred', async () => {
    const asked: (string | undefined)[] = [];
    const gate = await serve((request, body, response) => {
      asked.push(request.url);
      if (request.url?.endsWith('/read')) response.writeHead(404).end('no such page');
      else void forward(`${prometheus.url}${request.url}`, body).then((answer) => response.end(answer));
    });
    expect(await faultsOf(clientOf(gate.url))).toEqual([]);
    expect(new Set(asked)).toEqual(new Set(['/api/v1/read', '/api/v1/query']));
    await gate.close();
  });

  it('gives the same in parts where each answer is limited, on either side', async () => {
    expect(await faultsOf(clientOf(prometheus.url, { maxSamples: 5000 }))).toEqual([]);
    expect(await faultsOf(clientOf(stingy.url))).toEqual([]);
  });

  it('gives a part of the range and nothing beyond', async () => {
    const [only] = await clientOf(prometheus.url).readSamples(parseSelector('m{kind="counter"}')!, timeOf(100), timeOf(103));
    expect([...only.times]).toEqual([100, 101, 102, 103].map(timeOf));
    expect(await clientOf(prometheus.url).readSamples(parseSelector('m')!, 0, start - 1)).toEqual([]);
    expect(await clientOf(prometheus.url).readSamples(parseSelector('absent')!, start, timeOf(points))).toEqual([]);
  });

  it('answers a range of more than 11,000 points, and halves one that is too much for it', async () => {
    const ranges = await clientOf(prometheus.url).queryRange('m{kind="counter"}', start, start + 20_000 * 5, 5);
    expect(ranges.map(({ times }) => times.length)).toEqual([20_001]);
    const halves = await clientOf(stingy.url).queryRange('m', start + step, start + step * 8000, step);
    const whole = await clientOf(prometheus.url).queryRange('m', start + step, start + step * 8000, step);
    expect(halves).toEqual(whole);
  });

  it('says no in its own words', async () => {
    await expect(clientOf(prometheus.url).query('sum(', 0)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('parse error'),
    });
    await expect(clientOf(prometheus.url).query('m * on () m', timeOf(9))).rejects.toMatchObject({ kind: 'refused', status: 422 });
  });
});

describe('VictoriaMetrics', () => {
  it('gives every raw sample by range selectors, as it has no remote read', async () => {
    // It keeps some 12 decimal digits of a value.
    expect(await faultsOf(clientOf(victoria.url), 1e-9)).toEqual([]);
  });
});

/** What is missing, too much or other than written, one line a series; values may be off by a share `tolerance` of the series' largest. */
async function faultsOf(client: PrometheusClient, tolerance = 0): Promise<readonly string[]> {
  const found = await client.readSamples(parseSelector('m{kind!=""}')!, start - 60, timeOf(points));
  const faults = found.filter(({ labels }) => !kinds.includes(labels.kind)).map(({ name, labels }) => `${name} ${labels.kind}: too much`);
  for (const { labels, value } of series) {
    const one = found.find((each) => each.name === 'm' && each.labels.kind === labels.kind);
    const scale = tolerance * Math.max(...Array.from({ length: points }, (_, i) => Math.abs(value(i))));
    const wrong = Array.from({ length: points }, (_, i) => i).filter(
      (i) => one?.times[i] !== Math.round(timeOf(i) * 1000) / 1000 || !(Math.abs(one.values[i] - value(i)) <= scale),
    );
    if (one?.times.length !== points || wrong.length > 0)
      faults.push(`${labels.kind}: ${one?.times.length} samples, ${wrong.length} wrong`);
  }
  return faults;
}

function clientOf(url: string, options: Partial<PrometheusClientOptions> = {}): PrometheusClient {
  return createPrometheusClient({ url, timeoutSeconds: 30, tries: 1, sleep: async () => {}, random: () => 0, ...options });
}

async function forward(url: string, body: Buffer): Promise<Buffer> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return Buffer.from(await answer.arrayBuffer());
}

function openMetrics(): string {
  const lines = series.flatMap(({ labels, value }) =>
    Array.from({ length: points }, (_, i) => `m{kind=${JSON.stringify(labels.kind)}} ${value(i)} ${timeOf(i).toFixed(3)}\n`),
  );
  return `# TYPE m gauge\n${lines.join('')}# EOF\n`;
}
