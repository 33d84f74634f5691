import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBinaries } from '../../stack/src/binaries.ts';
import { setEverywhere } from '../../stack/src/configuration.ts';
import { choosePorts } from '../../stack/src/ports.ts';
import { Child } from '../../stack/src/processes/child.ts';
import { testMachine } from '../contract/machine.ts';
import { serve, type TestServer } from './started-program.ts';

/** A real Prometheus that scrapes one target every second, follows rules without delay, and tells an Alertmanager. */
export interface AlertingPrometheus {
  readonly url: string;
  /** What the target serves from now on, in the text format. */
  expose(text: string): void;
  /** The value of a metric about Prometheus itself, all its series added up. */
  own(metric: string): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts it.
 * @param rules texts of rule files; waits in `for` and `keep_firing_for` are dropped.
 * @param alertmanager its address, as host:port; it need not be there yet.
 */
export async function startAlertingPrometheus(rules: readonly string[], alertmanager: string): Promise<AlertingPrometheus> {
  const folder = mkdtempSync(path.join(tmpdir(), 'presage-alerting-'));
  let exposed = '';
  const target = await serve((_request, _body, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposed);
  });
  mkdirSync(`${folder}/rules`);
  rules.forEach((text, i) => writeFileSync(`${folder}/rules/${i}.yml`, hasten(text, `rules/${i}.yml`)));
  writeFileSync(`${folder}/prometheus.yml`, configuration(target, alertmanager));
  const { port } = await choosePorts({ port: 0 });
  const url = `http://127.0.0.1:${port}`;
  const { prometheus: program } = await findBinaries(testMachine());
  const options = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, '--rules.alert.resend-delay=1s'];
  const child = new Child(
    {
      name: 'prometheus',
      command: program.path,
      args: [...program.args, ...options, `--web.listen-address=127.0.0.1:${port}`],
      folder: program.folder ?? folder,
      environment: { ...process.env, ...program.environment },
      log: `${folder}/prometheus.log`,
      readyUrl: `${url}/-/ready`,
      startDeadline: 60,
      stopDeadline: 10,
    },
    { started: () => {}, say: () => {} },
  );
  const stop = async (): Promise<void> => {
    await child.stop();
    await target.close();
    rmSync(folder, { recursive: true, force: true });
  };
  await child.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, expose: (text) => void (exposed = text), own: (metric) => readMetric(`${url}/metrics`, metric), stop };
}

/** The sum of all series of a metric in the text format; 0 where there is none. */
export async function readMetric(url: string, metric: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric} `) || line.startsWith(`${metric}{`) || (metric.includes('{') && line.startsWith(metric)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

const hasten = (text: string, file: string): string =>
  ['for', 'keep_firing_for', 'interval'].reduce((rule, key) => setEverywhere(rule, file, key, '1s'), text);

const configuration = (target: TestServer, alertmanager: string): string =>
  JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules/*.yml'],
    scrape_configs: [
      { job_name: 'node', honor_labels: true, static_configs: [{ targets: [target.address], labels: { instance: 'db-1' } }] },
    ],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
  });
