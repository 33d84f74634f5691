import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBinaries, type Binaries } from '../../stack/src/binaries.ts';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { renderPrometheus } from '../../stack/src/configuration.ts';
import type { Program } from '../../stack/src/binaries/program.ts';
import { execute } from '../../stack/src/execute.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { Child } from '../../stack/src/processes/child.ts';
import { testMachine } from '../contract/machine.ts';
import { presage } from './started-parts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A series of a scrape target: its value at any time, so that history and live values are of one piece. */
export interface TargetSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Value at Unix seconds. */
  readonly at: (time: number) => number;
  /** Seconds between two values of the history and how far back it goes. */
  readonly history: { readonly every: number; readonly span: number };
  /** Whether the target goes on serving it; yes unless told. */
  readonly live?: boolean;
}

export interface RigOptions {
  readonly series: readonly TargetSeries[];
  /** `watches` of the sidecar, as YAML. */
  readonly watches: string;
}

/** A real Prometheus, Alertmanager and sidecar on free loopback ports, in a temporary folder. */
export interface Rig {
  readonly folder: string;
  readonly prometheus: string;
  readonly sidecar: Child;
  readonly sidecarUrl: string;
  /** Bodies that Alertmanager posted to the webhook. */
  readonly webhooks: readonly unknown[];
  /** Starts one more sidecar from a copy of the state that the first one has saved. */
  twin(): Promise<string>;
  /** `data` and the rest of an answer of Prometheus' API. */
  query(path: 'query' | 'query_range', parameters: Readonly<Record<string, string>>): Promise<Answer>;
  /** Has Prometheus read its configuration, `prometheus.yml` in the folder, again. */
  reloadPrometheus(): void;
  /** Ends Prometheus alone. */
  stopPrometheus(): Promise<void>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: string;
  readonly warnings?: readonly string[];
  readonly data: { readonly result: readonly Found[] };
}

export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** Starts everything and waits until it is ready. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const binaries = await findBinaries(testMachine(console.log));
  const folder = mkdtempSync(join(tmpdir(), 'presage-rig-'));
  const ports = await choosePorts({ prometheus: 0, alertmanager: 0, sidecar: 0, twin: 0, target: 0, webhook: 0 });
  const webhooks: unknown[] = [];
  const live = options.series.filter((series) => series.live !== false);
  // Probes are asked of the exporter too; this one has none.
  const target = await listen(ports.target, (_body, url) => (url === '/metrics' ? exposition(live, Date.now() / 1000) : ''));
  const webhook = await listen(ports.webhook, (body) => void webhooks.push(JSON.parse(body)));
  const address = (name: keyof typeof ports) => `127.0.0.1:${ports[name]}`;
  writeConfiguration(folder, options, address);
  await loadHistory(folder, binaries, options.series);
  const child = childMaker(folder);
  const prometheus = child('prometheus', binaries.prometheus, ports.prometheus, [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/tsdb`,
    '--storage.tsdb.retention.time=1y',
    `--web.listen-address=${address('prometheus')}`,
  ]);
  const alertmanager = child('alertmanager', binaries.alertmanager, ports.alertmanager, [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/alerts`,
    '--cluster.listen-address=',
    `--web.listen-address=${address('alertmanager')}`,
  ]);
  const sidecarNamed = (name: 'sidecar' | 'twin') =>
    child(name, presage('run'), ports[name], [
      `--config.file=${folder}/presage.yml`,
      `--storage.path=${folder}/${name}`,
      `--web.listen-address=${address(name)}`,
    ]);
  const sidecar = sidecarNamed('sidecar');
  const children = [prometheus, alertmanager, sidecar];
  const stop = async () => {
    for (const one of children) await one.stop();
    target.close();
    webhook.close();
    rmSync(folder, { recursive: true });
  };
  try {
    await Promise.all([prometheus.start(), alertmanager.start()]);
    await sidecar.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    reloadPrometheus: () => prometheus.signal('SIGHUP'),
    stopPrometheus: () => prometheus.stop(),
    folder,
    webhooks,
    sidecar,
    prometheus: `http://${address('prometheus')}`,
    sidecarUrl: `http://${address('sidecar')}`,
    async twin() {
      cpSync(`${folder}/sidecar`, `${folder}/twin`, { recursive: true });
      const twin = sidecarNamed('twin');
      children.push(twin);
      await twin.start();
      return `http://${address('twin')}`;
    },
    async query(path, parameters) {
      const answer = await fetch(`http://${address('prometheus')}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
      return JSON.parse(await answer.text());
    },
  };
}

function childMaker(folder: string) {
  return (name: string, program: Omit<Program, 'version' | 'origin'>, port: number, args: readonly string[]) =>
    new Child(
      {
        name,
        command: program.path,
        args: [...program.args, ...args],
        folder: program.folder ?? folder,
        environment: { ...process.env, ...program.environment },
        log: `${folder}/${name}.log`,
        readyUrl: `http://127.0.0.1:${port}/-/ready`,
        startDeadline: 60,
        stopDeadline: 10,
      },
      { started: () => {}, say: () => {} },
    );
}

/** The shipped configuration on the ports of the rig; alerts fire as soon as their condition holds, so that a test need not wait. */
function writeConfiguration(
  folder: string,
  { watches }: RigOptions,
  address: (name: 'prometheus' | 'alertmanager' | 'sidecar' | 'target' | 'webhook') => string,
): void {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const names = {
    'prometheus:9090': address('prometheus'),
    'alertmanager:9093': address('alertmanager'),
    'sidecar:9867': address('sidecar'),
    'exporter:9100': address('target'),
    '/etc/prometheus/': `${folder}/`,
    '/etc/alertmanager/templates/': join(root, 'alertmanager/templates/'),
    '/etc/alertmanager/secrets/': `${folder}/secrets/`,
  };
  const hasten = (text: string) =>
    text
      .replace(/^( *(?:for|keep_firing_for)):.*$/gm, '$1: 1s')
      .replace(/^( *(?:interval|group_wait|scrape_interval|evaluation_interval)):.*$/gm, '$1: 1s')
      .replace(/^( *scrape_timeout):.*$/gm, '$1: 1s');
  mkdirSync(`${folder}/rules`);
  for (const file of readdirSync(join(root, 'provisioning/prometheus/rules'))) {
    writeFileSync(`${folder}/rules/${file}`, hasten(read(`provisioning/prometheus/rules/${file}`)));
  }
  const rendered = renderPrometheus(read('provisioning/prometheus/prometheus.yml'), 'prometheus.yml', names);
  // As in most installations: what leaves this Prometheus carries a label that its own series do not have.
  const labelled = rendered.replace(/^global:\n/m, 'global:\n  external_labels: { cluster: rig }\n');
  writeFileSync(`${folder}/prometheus.yml`, hasten(labelled));
  const routes = renderAlertmanager(read('alertmanager/alertmanager.yml'), 'alertmanager.yml', {
    replacements: names,
    environment: {},
    missing: 'leave out',
    webhook: `http://${address('webhook')}/`,
    quietHours: false,
  });
  writeFileSync(`${folder}/alertmanager.yml`, hasten(routes.text));
  writeFileSync(`${folder}/presage.yml`, `prometheus: { url: "http://${address('prometheus')}" }\n${watches}`);
}

/** Makes blocks of everything before now; what the target serves goes on from there. */
async function loadHistory(folder: string, { promtool }: Binaries, series: readonly TargetSeries[]): Promise<void> {
  const now = Math.floor(Date.now() / 1000) - 5;
  let text = '';
  let family = '';
  for (const { name, labels, at, history } of series) {
    if (name !== family) text += `# TYPE ${name} gauge\n`;
    family = name;
    const head = `${name}${labelText({ ...labels, job: 'node', instance: 'this-host' })}`;
    for (let time = now - history.span; time <= now; time += history.every) text += `${head} ${at(time)} ${time}\n`;
  }
  writeFileSync(`${folder}/history.om`, `${text}# EOF\n`);
  const blocks = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=744h', `${folder}/history.om`, `${folder}/tsdb`];
  await execute(promtool.path, [...promtool.args, ...blocks]);
}

function exposition(series: readonly TargetSeries[], now: number): string {
  return series.map(({ name, labels, at }) => `# TYPE ${name} gauge\n${name}${labelText(labels)} ${at(now)}\n`).join('');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}}`;
}

/** A server whose answer to any request is what `answer` makes of the body and the path. */
function listen(port: number, answer: (body: string, url: string | undefined) => string | void): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = answer(Buffer.concat(chunks).toString(), request.url) ?? '';
      response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}
