import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findBinaries } from '../../stack/src/binaries.ts';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';
import { describeMachine } from '../../stack/src/machine.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { answers, type StartedProgram, startProgram } from '../../test/end-to-end/started-program.ts';
import { collectable } from './collect.ts';
import { writeHistory } from './target.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const parts = ['exporter', 'prometheus', 'alertmanager', 'sidecar'] as const;
export type Part = (typeof parts)[number];

/** Seconds that the sidecar learns from. It is all there before the first scrape: what grows then grows for ever. */
const HISTORY = 3600;
/** Seconds between two samples. */
const INTERVAL = 5;

/** The whole stack on loopback, each part of which can be killed and started anew in its place. */
export interface SoakStack {
  readonly url: (part: Part) => string;
  readonly process: (part: Part) => StartedProgram;
  readonly restart: (part: Part) => Promise<void>;
  /** Folder whose *.prom files the exporter serves. */
  readonly textfiles: string;
  readonly storage: string;
  readonly stop: () => Promise<void>;
}

/** Starts everything in `folder` and waits until it is ready. */
export async function startSoakStack(folder: string, series: number, say: (line: string) => void): Promise<SoakStack> {
  const { platform, arch, env } = process;
  const binaries = await findBinaries(describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say }));
  const ports = await choosePorts({ exporter: 0, prometheus: 0, alertmanager: 0, sidecar: 0 });
  const textfiles = `${folder}/textfiles`;
  mkdirSync(textfiles, { recursive: true });
  writeFileSync(`${folder}/prometheus.yml`, prometheusConfiguration(ports));
  writeFileSync(`${folder}/alertmanager.yml`, 'route: { receiver: none }\nreceivers: [{ name: none }]\n');
  writeFileSync(`${folder}/presage.yml`, presageConfiguration(ports.prometheus, series));
  say(`${series} series with an hour of history`);
  const until = Math.floor(Date.now() / 1000) - INTERVAL;
  await writeHistory(folder, series, { span: HISTORY + 300, every: INTERVAL, until }, binaries.promtool);
  const programs: Readonly<Record<Part, { readonly program: UnversionedProgram; readonly args: readonly string[] }>> = {
    exporter: { program: collectable(`${root}exporter/bin/presage-exporter.js`), args: [`--collector.textfile.directory=${textfiles}`] },
    prometheus: {
      program: binaries.prometheus,
      args: [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/tsdb`, '--storage.remote.flush-deadline=2s'],
    },
    alertmanager: {
      program: binaries.alertmanager,
      args: [`--config.file=${folder}/alertmanager.yml`, `--storage.path=${folder}/alerts`, '--cluster.listen-address='],
    },
    sidecar: {
      program: collectable(`${root}ml-sidecar/bin/presage.js`, 'run'),
      args: [`--config.file=${folder}/presage.yml`, `--storage.path=${folder}/state`, '--storage.save-interval=1m'],
    },
  };
  const running = new Map<Part, StartedProgram>();
  const start = async (part: Part): Promise<void> => {
    const { program, args } = programs[part];
    const ready = (url: string) => answers(part === 'exporter' ? `${url}/` : `${url}/-/ready`);
    const words = (port: number) => [...args, `--web.listen-address=127.0.0.1:${port}`];
    running.set(part, await startProgram(program, { port: ports[part], args: words, ready, within: 300 }));
  };
  const stop = async (): Promise<void> => void (await Promise.all([...running.values()].map((one) => one.stop('SIGKILL'))));
  try {
    for (const part of parts) await start(part);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    textfiles,
    storage: `${folder}/state`,
    url: (part) => `http://127.0.0.1:${ports[part]}`,
    process: (part) => running.get(part)!,
    restart: async (part) => {
      await running.get(part)!.stop('SIGKILL');
      await start(part);
    },
    stop,
  };
}

/** What is fed sample by sample, and what is asked for at its step. */
function presageConfiguration(port: number, series: number): string {
  const spans = `step: 15s, history: ${HISTORY}s, horizon: 10m, refit: 5m, delay: 5s`;
  return `
prometheus: { url: "http://127.0.0.1:${port}", timeout: 20s }
metrics: { quantiles: [0.1, 0.5, 0.9], horizons: [10m] }
watches:
  - { name: soak, expr: soak_value, ${spans}, resolution: ${INTERVAL}s, series_limit: ${series}, limits: [{ name: full, above: 150 }] }
  - { name: groups, expr: avg by (group) (soak_value), ${spans} }
`;
}

function prometheusConfiguration(ports: Readonly<Record<Part, number>>): string {
  return `
global: { scrape_interval: ${INTERVAL}s, scrape_timeout: 4s, evaluation_interval: 15s, external_labels: { cluster: soak } }
rule_files: ['${root}provisioning/prometheus/rules/*.yml']
alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${ports.alertmanager}'] }] }] }
remote_read: [{ url: 'http://127.0.0.1:${ports.sidecar}/api/v1/read', read_recent: true, required_matchers: { __name__: presage_forecast }, filter_external_labels: false }]
remote_write:
  - url: http://127.0.0.1:${ports.sidecar}/api/v1/write
    queue_config: { batch_send_deadline: 200ms, min_shards: 1, max_shards: 4, max_samples_per_send: 2000, capacity: 10000, max_backoff: 1s, retry_on_http_429: true }
    metadata_config: { send: false }
    write_relabel_configs: [{ source_labels: [__name__], regex: soak_value, action: keep }]
scrape_configs:
  - { job_name: node, static_configs: [{ targets: ['127.0.0.1:${ports.exporter}'], labels: { instance: this-host } }] }
  - { job_name: presage, honor_labels: true, scrape_interval: 15s, scrape_timeout: 10s, static_configs: [{ targets: ['127.0.0.1:${ports.sidecar}'] }] }
`;
}
