import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isTestProgram } from './binaries/bundles.ts';
import { findChromium } from './binaries/chromium.ts';
import { findBinaries, findTestProgram } from './binaries.ts';
import { writeHistory } from './demo/exposition.ts';
import { serveHosts } from './demo/hosts-server.ts';
import { tellStory } from './demo/story.ts';
import { describeMachine, type Machine } from './machine.ts';
import { startStack } from './stack.ts';

const usage = `usage: node stack/dist/main.js COMMAND

  start [--data DIR]   starts everything on loopback: exporter, sidecar, Prometheus, Alertmanager (data in data/start)
  demo [--data DIR]    the same with three generated weeks of generated hosts (data in data/demo, made anew)
  fetch [NAME …]       finds or fetches Prometheus and Alertmanager, and the named programs of the tests:
                       chromium, redis-server, prometheus-node-exporter, prometheus-blackbox-exporter, victoria-metrics, kcat`;

async function main(): Promise<number> {
  const [command, ...args] = process.argv.slice(2);
  switch (command) {
    case 'start':
    case 'demo':
      return await runStack(command, args);
    case 'fetch':
      return await fetch(args);
    case 'demo-history':
      return writeDemoHistory(args);
    case 'demo-hosts':
      return await runDemoHosts(args);
    default:
      console.error(`presage: ${command === undefined ? 'no command' : `unknown command ${JSON.stringify(command)}`}\n\n${usage}`);
      return 2;
  }
}

/** Runs until Ctrl-C, SIGTERM or the end of the terminal; a second Ctrl-C ends at once what does not end by itself. */
async function runStack(command: 'start' | 'demo', args: readonly string[]): Promise<number> {
  const { data = `data/${command}` } = parseArgs({ args: [...args], options: { data: { type: 'string' } } }).values;
  const aborted = new AbortController();
  const told = new Promise<void>((resolve) => {
    let times = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        times++;
        if (times === 1) console.log('\nstopping …');
        if (times > 2) process.exit(1);
        aborted.abort(new Error('stopped before everything was running'));
        resolve();
      });
  });
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const options = {
    machine: thisMachine(),
    root,
    data: path.resolve(root, data),
    node: process.execPath,
    pid: process.pid,
    demo: command === 'demo',
  };
  const stack = await startStack(options, aborted.signal);
  await told;
  await stack.stop();
  console.log('stopped');
  return 0;
}

function writeDemoHistory(args: readonly string[]): number {
  const { anchor, file } = parseArgs({ args: [...args], options: { anchor: { type: 'string' }, file: { type: 'string' } } }).values;
  if (anchor === undefined || file === undefined) throw new Error('demo-history: want --anchor UNIXSECONDS --file FILE');
  console.log(`${writeHistory(tellStory(Number(anchor)), file).toLocaleString('en')} samples`);
  return 0;
}

async function runDemoHosts(args: readonly string[]): Promise<number> {
  const { anchor, port } = parseArgs({ args: [...args], options: { anchor: { type: 'string' }, port: { type: 'string' } } }).values;
  if (anchor === undefined || port === undefined) throw new Error('demo-hosts: want --anchor UNIXSECONDS --port PORT');
  const server = await serveHosts(Number(port), Number(anchor), () => Date.now() / 1000);
  await new Promise<void>((resolve) => process.on('SIGTERM', () => resolve()));
  server.close();
  server.closeAllConnections();
  return 0;
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
