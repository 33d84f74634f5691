import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { alertmanagerProduct, findSuite, prometheusProduct } from './binaries.ts';
import type { Program } from './binaries/program.ts';
import { prepareDemo, type Demo } from './demo/prepare.ts';
import type { Machine } from './machine.ts';
import { listenForNotifications, type NotificationServer } from './notifications.ts';
import { alertmanagerPlan, exporterPlan, hostsPlan, preferredPorts, prometheusPlan, sidecarPlan, type Site } from './plans.ts';
import { choosePorts } from './ports.ts';
import { Child, type ChildPlan } from './processes/child.ts';
import { commandLineOf } from './processes/command-line.ts';
import { endLeftovers, removePidFile, writePidFile } from './processes/pid-file.ts';
import { addRemoteWrite, renderSite, servesRemoteWrite } from './site.ts';
import { formatNotification, formatTable } from './table.ts';

export interface StackOptions {
  readonly machine: Machine;
  readonly root: string;
  readonly data: string;
  readonly node: string;
  /** Process id of the stack itself. */
  readonly pid: number;
  /** Whether to load generated history and serve generated hosts. */
  readonly demo: boolean;
}

/** A running stack. */
export interface Stack {
  readonly site: Site;
  /** Ends everything: Prometheus first, so that it can flush to the sidecar. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts everything on loopback and waits until each part is well, telling its progress.
 * @param aborted asked between steps: a stack that is told to stop while it starts ends what it has started.
 * @throws Error that says which part did not start and why; nothing is left running then.
 */
export async function startStack(options: StackOptions, aborted: AbortSignal): Promise<Stack> {
  const { machine } = options;
  assertBuilt(options.root);
  mkdirSync(options.data, { recursive: true });
  const ended = await endLeftovers(options.data, machine.platform);
  if (ended.length > 0) machine.say(`ended what an earlier stack left running: ${ended.join(', ')}`);
  const family = new Family(options);
  try {
    return await start(options, family, aborted);
  } catch (cause) {
    await family.stop();
    throw cause;
  }
}

async function start(options: StackOptions, family: Family, aborted: AbortSignal): Promise<Stack> {
  const { machine } = options;
  machine.say('Prometheus and Alertmanager');
  const finding = findSuite(machine, prometheusProduct);
  const preparing = options.demo ? prepareDemo(options, finding) : Promise.resolve(undefined);
  const [{ server: prometheus }, { server: alertmanager }, demo] = await Promise.all([
    finding,
    findSuite(machine, alertmanagerProduct),
    preparing,
  ]);
  aborted.throwIfAborted();
  machine.say(`  Prometheus ${prometheus.version} (${prometheus.origin}), Alertmanager ${alertmanager.version} (${alertmanager.origin})`);
  const site: Site = { ...options, ports: await choosePorts(preferredPorts) };
  const rendered = renderSite(site, demo);
  await family.listen(site);
  machine.say('starting');
  await family.startAll(plansOf(site, { prometheus, alertmanager }, demo), aborted);
  if (await servesRemoteWrite(site)) {
    addRemoteWrite(site, demo);
    family.child('prometheus').signal('SIGHUP');
  }
  machine.say(formatTable(site, rendered, options.demo));
  return { site, stop: () => family.stop() };
}

interface Programs {
  readonly prometheus: Program;
  readonly alertmanager: Program;
}

/** In the order of the start; sources before Prometheus, so that its first scrape finds them. */
function plansOf(site: Site, programs: Programs, demo: Demo | undefined): readonly ChildPlan[] {
  const hosts = demo === undefined ? [] : [hostsPlan(site, demo.anchor)];
  return [
    ...hosts,
    exporterPlan(site),
    alertmanagerPlan(site, programs.alertmanager),
    prometheusPlan(site, programs.prometheus),
    sidecarPlan(site),
  ];
}

function assertBuilt(root: string): void {
  for (const file of ['exporter/dist/main.js', 'ml-sidecar/dist/main.js'])
    if (!existsSync(path.join(root, file))) throw new Error(`${file}: got no file, want the built program (npm run build)`);
}

/** Everything that runs, with its pid file. */
class Family {
  readonly #options: StackOptions;
  readonly #children: Child[] = [];
  #notifications: NotificationServer | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
  }

  async listen(site: Site): Promise<void> {
    const { say } = this.#options.machine;
    this.#notifications = await listenForNotifications(site.ports.terminal, (notification) => say(formatNotification(notification)));
  }

  /** All at once: each is waited for, and the first that fails fails the start. */
  async startAll(plans: readonly ChildPlan[], aborted: AbortSignal): Promise<void> {
    const { say } = this.#options.machine;
    const begun = Date.now();
    const starts = plans.map(async (plan) => {
      const child = new Child(plan, { started: () => this.#record(), say });
      this.#children.push(child);
      await child.start();
      say(`  ${plan.name} is ready after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    });
    const abort = new Promise<never>((_resolve, reject) => aborted.addEventListener('abort', () => reject(aborted.reason)));
    try {
      await Promise.race([Promise.all(starts), abort]);
    } catch (cause) {
      await this.stop();
      await Promise.allSettled(starts);
      throw cause;
    }
  }

  child(name: string): Child {
    const child = this.#children.find((one) => one.plan.name === name);
    if (child === undefined) throw new Error(`no child ${name}`);
    return child;
  }

  /** Prometheus first, so that it can hand its last samples to the sidecar; then the others at once. */
  async stop(): Promise<void> {
    const [first, ...others] = this.#inStopOrder();
    await first?.stop();
    await Promise.all(others.map((child) => child.stop()));
    await this.#notifications?.close();
    this.#notifications = undefined;
    removePidFile(this.#options.data);
  }

  #inStopOrder(): readonly Child[] {
    const order = ['prometheus', 'alertmanager', 'sidecar', 'exporter', 'hosts'];
    return this.#children.toSorted((a, b) => order.indexOf(a.plan.name) - order.indexOf(b.plan.name));
  }

  #record(): void {
    const { data, pid, machine } = this.#options;
    const children = this.#inStopOrder().flatMap(({ plan, pid: childPid }) =>
      childPid === undefined ? [] : [{ name: plan.name, pid: childPid, command: [plan.command, ...plan.args].join(' ') }],
    );
    const command = commandLineOf(pid, machine.platform) ?? '';
    writePidFile(data, { stack: { name: 'stack', pid, command }, children });
  }
}
