import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertmanagerProduct, findSuite, prometheusProduct } from '../../stack/src/binaries.ts';
import { repositoryFile, testMachine } from '../contract/machine.ts';
import { isReady, startPrometheus, startRedis, startSidecar, startWorker } from './started-parts.ts';
import { serve, type StartedProgram, startProgram, type TestServer, until } from './started-program.ts';

// Two replicas with a queue and a worker, one Prometheus, one Alertmanager; the shipped rules, and what docs/fleet.md adds for a pair.
const folder = mkdtempSync(join(tmpdir(), 'presage-pair-'));
const running: { stop(): Promise<void> }[] = [];
const notices: { readonly status: string; readonly alerts: readonly { readonly status: string }[] }[] = [];
const alert = 'PresageLimitPassed';
const usedAt = (time: number): number => 0.9 + 0.01 * Math.sin(time / 40) + 0.004 * Math.sin(time * 12.9898);
let target: TestServer;
let hook: TestServer;
let prometheus: StartedProgram;
let alertmanager: StartedProgram;
let worker: StartedProgram;
const replicas: StartedProgram[] = [];

beforeAll(async () => {
  const machine = testMachine();
  const type = ['Content-Type', 'text/plain; version=0.0.4'] as const;
  target = await serve((_request, _body, response) => response.setHeader(...type).end(`used{mount="/srv"} ${usedAt(Date.now() / 1000)}\n`));
  hook = await serve((_request, body, response) => {
    notices.push(JSON.parse(body.toString()));
    response.end();
  });
  const redis = await startRedis(folder);
  running.push(redis);
  const [found, alerting] = [await findSuite(machine, prometheusProduct), await findSuite(machine, alertmanagerProduct)];
  writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerConfiguration());
  alertmanager = await startProgram(alerting.server, {
    args: (port) => [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/alerts`,
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    ready: isReady,
  });
  running.push(alertmanager);
  writeFileSync(join(folder, 'history.om'), history());
  execFileSync(found.tool.path, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'history.om'), join(folder, 'tsdb')]);
  const queue = [`--queue=redis://127.0.0.1:${redis.port}`, '--queue.prefix=pair'];
  worker = await startWorker({ flags: queue });
  running.push(worker);
  // Replicas before Prometheus, which is told where they are; they wait for it.
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  prometheus = await startPrometheus(folder, { flags: ['--web.enable-lifecycle'] });
  running.push(prometheus);
  writeFileSync(join(folder, 'presage.yml'), sidecarConfiguration());
  for (const name of ['a', 'b']) {
    replicas.push(await startSidecar(folder, { state: name, flags: queue }));
    running.push(replicas.at(-1)!);
  }
  writePair();
  await fetch(`${prometheus.url}/-/reload`, { method: 'POST' });
});

afterAll(async () => {
  for (const one of running.reverse()) await one.stop();
  await target.close();
  await hook.close();
  rmSync(folder, { recursive: true });
});

it('gives one alert for a pair, and keeps it while a replica dies', { timeout: 240_000 }, async () => {
  await until(async () => (await query(`replica:presage_time_to_limit_seconds{quantile="0.5"} == 0`)).length === 2, 90, 'both replicas');
  await until(async () => (await active()).length === 1 && notices.length > 0, 90, 'an alert');
  expect(await query(`ALERTS{alertname="${alert}",alertstate="firing"}`)).toHaveLength(1);
  const [before] = await active();

  const leaders = (await Promise.all(replicas.map(leads))).map(Number);
  expect(leaders).toEqual([1, 0]);
  const killed = Date.now() / 1000;
  await replicas[0].stop('SIGKILL');
  await until(() => leads(replicas[1]), 30, 'the next leader');
  await until(async () => (await query('up{job="presage",presage_replica="a"} == 0')).length === 1, 60, 'the end of a replica');
  await until(async () => (await query('count_over_time(presage_anomaly_score[15s]) > 10')).length === 1, 60, 'scores that flow');
  await until(() => Date.now() / 1000 > killed + 15, 60, 'evaluations');
  const seen = await query(`count_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[${Math.floor(Date.now() / 1000 - killed)}s])`);
  expect(seen).toHaveLength(1);
  // Every second, but for what a loaded machine leaves out; a gap would make a new alert.
  const [after] = await active();
  expect(after.startsAt).toBe(before.startsAt);
  expect(await active()).toHaveLength(1);
  expect(notices.flatMap(({ alerts }) => alerts).filter(({ status }) => status === 'resolved')).toEqual([]);
  expect(await query('replica:presage_anomaly_score')).toHaveLength(1);
});

it('had its fits made by the worker', async () => {
  const page = await (await fetch(`${worker.url}/metrics`)).text();
  expect(Number(/^presage_worker_fits_total\{result="success"\} (\d+)/m.exec(page)?.[1] ?? 0)).toBeGreaterThan(0);
  const replica = await (await fetch(`${replicas[1].url}/metrics`)).text();
  expect(replica).toMatch(/^presage_queue_fits_total\{result="workers"\} [1-9]/m);
  expect(replica).toMatch(/^presage_queue_connected 1$/m);
});

async function leads({ url }: StartedProgram): Promise<boolean> {
  return (await (await fetch(`${url}/metrics`)).text()).includes('\npresage_lease_held 1\n');
}

async function query(expr: string): Promise<readonly object[]> {
  const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`);
  const { data }: { data: { result: readonly object[] } } = JSON.parse(await answer.text());
  return data.result;
}

async function active(): Promise<readonly { readonly startsAt: string }[]> {
  const filter = new URLSearchParams({ filter: `alertname="${alert}"`, active: 'true' });
  const found: readonly { readonly startsAt: string }[] = JSON.parse(
    await (await fetch(`${alertmanager.url}/api/v2/alerts?${filter.toString()}`)).text(),
  );
  return found;
}

/** The configuration of a pair as shipped, on the ports of this test and as quick as it wants. */
function writePair(): void {
  const hasten = (text: string) => text.replace(/^( *(?:for|keep_firing_for|interval|scrape_interval|scrape_timeout)):.*$/gm, '$1: 1s');
  const read = (name: string) => hasten(readFileSync(repositoryFile(`provisioning/prometheus/${name}`), 'utf8'));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules/limits.yml'), read('rules/limits.yml'));
  writeFileSync(join(folder, 'rules/pair.yml'), read('pair/rules.yml'));
  const [a, b] = replicas.map(({ port }) => `127.0.0.1:${port}`);
  const job = read('pair/scrape.yml').replace('sidecar-a:9867', a).replace('sidecar-b:9867', b);
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${folder}/rules/*.yml']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanager.port}'] }] }] }
scrape_configs:
- job_name: node
  static_configs: [{ targets: ['${target.address}'], labels: { instance: host } }]
${job}`,
  );
}

function sidecarConfiguration(): string {
  return `
prometheus: { url: "${prometheus.url}" }
watches:
  - { name: disk, expr: "max by (instance, mount) (used)", step: 5s, history: 30m, horizon: 5m, refit: 10s, delay: 1s, limits: [{ name: full, above: 0.8 }] }
`;
}

function alertmanagerConfiguration(): string {
  return `
route: { receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: hook, webhook_configs: [{ url: '${hook.url}/', send_resolved: true }] }]
`;
}

function history(): string {
  const now = Math.floor(Date.now() / 1000) - 5;
  const lines = Array.from({ length: 1800 }, (_, i) => now - 1799 + i).map(
    (time) => `used{mount="/srv",instance="host",job="node"} ${usedAt(time)} ${time}\n`,
  );
  return `# TYPE used gauge\n${lines.join('')}# EOF\n`;
}
