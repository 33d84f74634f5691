import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostname } from 'node:os';
import { writePrivateFile } from './alertmanager/private-file.ts';
import { renderAlertmanager, type RenderedAlertmanager } from './alertmanager/render.ts';
import { renderPlain, renderPrometheus, setEverywhere } from './configuration.ts';
import type { Demo } from './demo/prepare.ts';
import { address, type Service, type Site } from './plans.ts';
import type { Replacements } from './yaml-document.ts';

/** The addresses that the files in provisioning/ and alertmanager/ name, as docker-compose names its services. */
const composeNames = {
  exporter: 'exporter:9100',
  sidecar: 'sidecar:9867',
  prometheus: 'prometheus:9090',
  alertmanager: 'alertmanager:9093',
} as const satisfies Partial<Record<Service, string>>;

/** What the names in the configuration mean on this machine. */
export function replacementsOf(site: Site): Replacements {
  return {
    [composeNames.exporter]: address(site, 'exporter'),
    [composeNames.sidecar]: address(site, 'sidecar'),
    [composeNames.prometheus]: address(site, 'prometheus'),
    [composeNames.alertmanager]: address(site, 'alertmanager'),
    '/etc/prometheus/': `${path.join(site.root, 'provisioning/prometheus')}/`,
    '/etc/alertmanager/': `${path.join(site.root, 'alertmanager')}/`,
    'this-host': hostname(),
  };
}

/** Writes the configuration of every part into the data folder. */
export function renderSite(site: Site, demo: Demo | undefined): RenderedAlertmanager {
  const replacements = replacementsOf(site);
  mkdirSync(site.data, { recursive: true });
  writePrometheus(site, demo, undefined);
  const presage = 'provisioning/presage/presage.yml';
  write(site, 'presage.yml', renderPlain(read(site, presage), presage, replacements));
  const file = 'alertmanager/alertmanager.yml';
  const text = read(site, file);
  // The demo's alerts are to show within its first minute.
  const routes = demo === undefined ? text : setEverywhere(text, file, 'group_wait', '5s');
  const rendered = renderAlertmanager(routes, file, {
    replacements,
    environment: site.machine.environment,
    missing: 'leave out',
    webhook: `http://${address(site, 'terminal')}/alerts`,
    // Somebody sits at this terminal.
    quietHours: false,
  });
  writePrivateFile(path.join(site.data, 'alertmanager.yml'), rendered.text);
  return rendered;
}

/** Whether the sidecar takes live samples: anything but "no such page" to an empty request. */
export async function servesRemoteWrite(site: Site): Promise<boolean> {
  const response = await fetch(`http://${address(site, 'sidecar')}/api/v1/write`, { method: 'POST', signal: AbortSignal.timeout(5000) });
  await response.body?.cancel();
  return response.status !== 404 && response.status !== 405;
}

/** Writes prometheus.yml anew with the section remote_write. */
export function addRemoteWrite(site: Site, demo: Demo | undefined): void {
  writePrometheus(site, demo, read(site, 'provisioning/prometheus/remote-write.yml'));
}

function writePrometheus(site: Site, demo: Demo | undefined, remoteWrite: string | undefined): void {
  const file = 'provisioning/prometheus/prometheus.yml';
  const replacements = { ...replacementsOf(site), ...demo?.replacements };
  const scrapeConfigs = demo === undefined ? [] : [demo.scrapeConfig(address(site, 'hosts'))];
  const changes = remoteWrite === undefined ? { scrapeConfigs } : { scrapeConfigs, remoteWrite };
  write(site, 'prometheus.yml', renderPrometheus(read(site, file), file, replacements, changes));
}

const read = ({ root }: Site, file: string): string => readFileSync(path.join(root, file), 'utf8');
const write = ({ data }: Site, file: string, text: string): void => writeFileSync(path.join(data, file), text);
