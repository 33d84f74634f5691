import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Suite } from '../binaries.ts';
import { setEverywhere } from '../configuration.ts';
import { execute } from '../execute.ts';
import type { Machine } from '../machine.ts';
import type { Replacements } from '../yaml-document.ts';
import { hostsScrapeConfig } from './hosts-server.ts';

/** What the demo adds to the stack. */
export interface Demo {
  /** Start of the demo, Unix seconds, a whole minute. */
  readonly anchor: number;
  readonly replacements: Replacements;
  readonly scrapeConfig: (address: string) => unknown;
}

interface DemoSite {
  readonly machine: Machine;
  readonly root: string;
  readonly data: string;
  readonly node: string;
}

/**
 * Makes the demo's history anew and loads it into an empty Prometheus folder as blocks, before Prometheus starts.
 * @param finding Prometheus with its promtool; the history is written while it is fetched.
 */
export async function prepareDemo({ machine, root, data, node }: DemoSite, finding: Promise<Suite>): Promise<Demo> {
  const anchor = Math.floor(Date.now() / 60_000) * 60;
  for (const folder of ['prometheus', 'presage', 'alertmanager', 'rules'])
    rmSync(path.join(data, folder), { recursive: true, force: true });
  const file = path.join(data, 'history.openmetrics');
  const begun = Date.now();
  machine.say('generating three weeks of history for the hosts demo-* (generated, not measured)');
  const generate = [path.join(root, 'stack/dist/main.js'), 'demo-history', '--anchor', String(anchor), '--file', file];
  const [{ tool: promtool }, { output }] = await Promise.all([finding, execute(node, generate, { environment: machine.environment })]);
  // Hidden flag of promtool: without it the file is read once for every two hours of it.
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=504h', 'openmetrics', '--quiet', file, path.join(data, 'prometheus')];
  await execute(promtool.path, args, { environment: machine.environment, timeout: 300 });
  rmSync(file, { force: true });
  machine.say(`  ${output.trim()} loaded after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  const replacements = { '/etc/prometheus/rules/': `${writeHurriedRules(root, data)}/` };
  return { anchor, replacements, scrapeConfig: (address) => hostsScrapeConfig(anchor, address) };
}

/** Rule files whose alerts are to show within the demo's first minute; the others wait as they do elsewhere. */
const hurried = ['limits.yml', 'anomalies.yml'];

/** The rules, with the waiting times of `hurried` cut to 15 s. */
function writeHurriedRules(root: string, data: string): string {
  const from = path.join(root, 'provisioning/prometheus/rules');
  const to = path.join(data, 'rules');
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.yml'))) {
    const text = readFileSync(path.join(from, name), 'utf8');
    writeFileSync(path.join(to, name), hurried.includes(name) ? setEverywhere(text, name, 'for', '15s') : text);
  }
  return to;
}
