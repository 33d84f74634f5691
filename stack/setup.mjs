#!/usr/bin/env node
// The door of every npm script: plain JavaScript, because in a fresh clone nothing is installed or built yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => `${root}node_modules/.bin/${name}`;
const node = (...args) => [process.execPath, args];

/** What each command of package.json runs once everything is installed (and built, where `build` says so). */
const commands = {
  build: { build: true, run: [] },
  start: { build: true, run: [node('stack/dist/main.js', 'start')] },
  demo: { build: true, run: [node('stack/dist/main.js', 'demo')] },
  test: { build: true, run: [node('stack/dist/main.js', 'fetch'), [bin('vitest'), ['run']]] },
  bench: { build: true, run: [node('bench/dist/main.js')] },
  check: {
    build: false,
    run: [
      [bin('tsc'), ['-p', '.']],
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
  install();
  if (command.build) run(process.execPath, ['stack/build.mjs']);
  command.run.forEach(([file, args], i) => run(file, i === command.run.length - 1 ? [...args, ...rest] : args));
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} found, want 20.19 or newer`);
}

/** Installs when the lock file is not the one that node_modules was made from. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  const stamp = `${root}node_modules/.presage-lock`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing packages …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

/** Runs a program to its end; its failure is ours. Ctrl-C reaches the whole process group, so the child ends first. */
function run(file, args) {
  process.on('SIGINT', () => {});
  const result = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  if (result.error) fail(`cannot run ${file}: ${result.error.message}`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function fail(message) {
  console.error(`presage: ${message}`);
  process.exit(1);
}

main();
