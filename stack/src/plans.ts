import path from 'node:path';
import { withoutSecrets } from './alertmanager/secrets.ts';
import type { Program } from './binaries/program.ts';
import type { Machine } from './machine.ts';
import type { ChildPlan } from './processes/child.ts';

/** The ports that the stack would like, by service; others are taken where these are not free. */
export const preferredPorts = { exporter: 9100, sidecar: 9867, prometheus: 9090, alertmanager: 9093, terminal: 9095, hosts: 9099 };

export type Service = keyof typeof preferredPorts;
export type Ports = Readonly<Record<Service, number>>;

/** Where the stack runs: the repository, its data folder, its ports and what it runs on. */
export interface Site {
  readonly machine: Machine;
  /** Root of the repository, absolute. */
  readonly root: string;
  /** Folder for configuration, data and logs of this stack, absolute. */
  readonly data: string;
  readonly ports: Ports;
  /** The program that runs JavaScript. */
  readonly node: string;
}

export const address = ({ ports }: Pick<Site, 'ports'>, service: Service): string => `127.0.0.1:${ports[service]}`;

/** Prometheus keeps a month, more than the sidecar learns from by default. */
export function prometheusPlan(site: Site, prometheus: Program): ChildPlan {
  const args = [
    `--config.file=${path.join(site.data, 'prometheus.yml')}`,
    `--storage.tsdb.path=${path.join(site.data, 'prometheus')}`,
    '--storage.tsdb.retention.time=31d',
    '--storage.remote.flush-deadline=5s',
    `--web.listen-address=${address(site, 'prometheus')}`,
    `--web.external-url=http://${address(site, 'prometheus')}/`,
  ];
  return {
    ...thirdParty(site, prometheus, args, 'prometheus'),
    readyUrl: `http://${address(site, 'prometheus')}/-/ready`,
    startDeadline: 120,
  };
}

/** Without `--cluster.listen-address=` Alertmanager would open a port on every address of the host. */
export function alertmanagerPlan(site: Site, alertmanager: Program): ChildPlan {
  const args = [
    `--config.file=${path.join(site.data, 'alertmanager.yml')}`,
    `--storage.path=${path.join(site.data, 'alertmanager')}`,
    '--cluster.listen-address=',
    `--web.listen-address=${address(site, 'alertmanager')}`,
    `--web.external-url=http://${address(site, 'alertmanager')}/`,
  ];
  const readyUrl = `http://${address(site, 'alertmanager')}/-/ready`;
  return { ...thirdParty(site, alertmanager, args, 'alertmanager'), readyUrl, startDeadline: 30 };
}

export function exporterPlan(site: Site): ChildPlan {
  const args = [path.join(site.root, 'exporter/dist/main.js'), `--web.listen-address=${address(site, 'exporter')}`];
  return { ...own(site, args, 'exporter'), readyUrl: `http://${address(site, 'exporter')}/-/healthy`, startDeadline: 30 };
}

/** Ready for the stack means healthy: that it has read all history is not waited for. */
export function sidecarPlan(site: Site): ChildPlan {
  const args = [
    path.join(site.root, 'ml-sidecar/dist/main.js'),
    'run',
    `--config.file=${path.join(site.data, 'presage.yml')}`,
    `--storage.path=${path.join(site.data, 'presage')}`,
    `--web.listen-address=${address(site, 'sidecar')}`,
  ];
  return { ...own(site, args, 'sidecar'), readyUrl: `http://${address(site, 'sidecar')}/-/healthy`, startDeadline: 60 };
}

/** The hosts of the demo, as scrape targets. */
export function hostsPlan(site: Site, anchor: number): ChildPlan {
  const args = [path.join(site.root, 'stack/dist/main.js'), 'demo-hosts', '--port', String(site.ports.hosts), '--anchor', String(anchor)];
  return { ...own(site, args, 'hosts'), readyUrl: `http://${address(site, 'hosts')}/-/healthy`, startDeadline: 30 };
}

type Common = Omit<ChildPlan, 'readyUrl' | 'startDeadline'>;

function own({ node, data, machine }: Site, args: readonly string[], name: string): Common {
  return {
    name,
    command: node,
    args,
    folder: data,
    environment: withoutSecrets(machine.environment),
    log: logOf(data, name),
    stopDeadline: 10,
  };
}

function thirdParty({ data, machine }: Site, program: Program, args: readonly string[], name: string): Common {
  return {
    name,
    command: program.path,
    args: [...program.args, ...args],
    folder: program.folder ?? data,
    environment: { ...withoutSecrets(machine.environment), ...program.environment },
    log: logOf(data, name),
    stopDeadline: 20,
  };
}

const logOf = (data: string, name: string): string => path.join(data, 'logs', `${name}.log`);
