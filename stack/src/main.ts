import { tmpdir } from 'node:os';
import { isTestProgram } from './binaries/bundles.ts';
import { findChromium } from './binaries/chromium.ts';
import { findBinaries, findTestProgram } from './binaries.ts';
import { describeMachine, type Machine } from './machine.ts';

const usage = `usage: node stack/dist/main.js COMMAND

  fetch [NAME …]   finds or fetches Prometheus and Alertmanager, and the named programs of the tests:
                   chromium, redis-server, prometheus-node-exporter, prometheus-blackbox-exporter, victoria-metrics`;

async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(2);
  if (command === 'fetch') return await fetch(args);
  console.error(`presage: ${command === undefined ? 'no command' : `unknown command ${JSON.stringify(command)}`}\n\n${usage}`);
  return 2;
}

async function fetch(names: readonly string[]): Promise<number> {
  const machine = thisMachine();
  const { prometheus, alertmanager } = await findBinaries(machine);
  console.log(`Prometheus ${prometheus.version} (${prometheus.origin}), Alertmanager ${alertmanager.version} (${alertmanager.origin})`);
  for (const name of names) console.log(`${name} (${await fetchNamed(machine, name)})`);
  return 0;
}

async function fetchNamed(machine: Machine, name: string): Promise<string> {
  if (isTestProgram(name)) return (await findTestProgram(machine, name)).origin;
  if (name !== 'chromium') throw new Error(`fetch: got ${JSON.stringify(name)}, want one of the names below\n\n${usage}`);
  const chromium = await findChromium(machine);
  return 'missing' in chromium ? chromium.missing : chromium.origin;
}

function thisMachine(): Machine {
  const { platform, arch, env } = process;
  const say = (line: string): void => console.log(line);
  return describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say });
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`presage: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
