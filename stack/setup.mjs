#!/usr/bin/env node
// The door of every npm script: plain JavaScript, because in a fresh clone nothing is installed or built yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;
const node = (...args) => [process.execPath, args];

/** The panel's packages are heavy and have lock files of their own: docs/decisions/panel-packages.md. */
const panel = ['grafana-plugin/'];
const hosts = [...panel, 'grafana-plugin/host/grafana-12/', 'grafana-plugin/host/grafana-11/'];

/** Optional packages of forecaster plug-ins, as large as all others together: for the tests alone. */
const peers = ['ml-sidecar/peers/'];

/** What each command of package.json runs once everything is installed (and built, where `build` says so); `also` installs more. */
const commands = {
  build: { build: true, also: panel, run: [node('grafana-plugin/build.mjs')] },
  start: { build: true, run: [node('stack/dist/main.js', 'start')] },
  demo: { build: true, run: [node('stack/dist/main.js', 'demo')] },
  test: {
    build: true,
    also: [...hosts, ...peers],
    run: [
      node('grafana-plugin/build.mjs'),
      node('grafana-plugin/host/bundle.mjs'),
      node('stack/dist/main.js', 'fetch'),
      [bin('vitest'), ['run']],
    ],
  },
  package: { build: true, also: panel, run: [node('grafana-plugin/build.mjs'), node('stack/dist/package.js')] },
  bench: { build: true, also: panel, run: [node('bench/dist/main.js')] },
  check: {
    build: false,
    also: panel,
    run: [
      [bin('tsc'), ['-p', '.']],
      [bin('tsc'), ['-p', 'grafana-plugin']],
      [bin('tsc'), ['-p', 'page']],
      [bin('oxlint'), ['--type-aware', '--deny-warnings']],
      [bin('oxfmt'), ['--check', '.']],
    ],
  },
};

function main() {
  const [name, ...rest] = process.argv.slice(2);
  const command = commands[name];
  if (!command) fail(`unknown command ${JSON.stringify(name)}, want one of ${Object.keys(commands).join(', ')}`);
  requireNode();
  for (const folder of ['', ...(command.also ?? [])]) install(folder);
  if (command.build) run(process.execPath, ['stack/build.mjs']);
  command.run.forEach(([file, args], i) => run(file, i === command.run.length - 1 ? [...args, ...rest] : args));
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} found, want 20.19 or newer`);
}

/** Installs a folder's packages when its lock file is not the one that its node_modules was made from. */
function install(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}${folder}package-lock.json`))
    .digest('hex');
  const stamp = `${root}${folder}node_modules/.presage-lock`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`Installing packages${folder === '' ? '' : ` of ${folder}`} …`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], `${root}${folder}`);
  writeFileSync(stamp, lock);
}

/** Runs a program to its end; its failure is ours. Ctrl-C reaches the whole process group, so the child ends first. */
function run(file, args, cwd = root) {
  process.on('SIGINT', () => {});
  const result = spawnSync(file, args, { cwd, stdio: 'inherit' });
  if (result.error) fail(`cannot run ${file}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function fail(message) {
  console.error(`presage: ${message}`);
  process.exit(1);
}

main();
