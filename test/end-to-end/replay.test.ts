import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findBinaries } from '../../stack/src/binaries.ts';
import type { Program } from '../../stack/src/binaries/program.ts';
import { execute } from '../../stack/src/execute.ts';
import { testMachine } from '../contract/machine.ts';
import { presageScript } from './started-parts.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const step = 300;
const start = Date.UTC(2026, 5, 1) / 1000;
const rows = 16 * 288;
const hour = 12;
/** The volume begins to fill on the fifteenth day, and is full twenty hours later. */
const fills = 14.2 * 288;

let folder: string;
let tools: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'presage-replay-test-'));
  const binaries = await findBinaries(testMachine(console.log));
  tools = [
    `--prometheus.binary=${script('prometheus', binaries.prometheus)}`,
    `--promtool.binary=${script('promtool', binaries.promtool)}`,
  ];
  writeData();
  writeFileSync(
    join(folder, 'presage.yml'),
    `prometheus: { url: http://127.0.0.1:9 }
defaults: { refit: 2h, history: 14d }
watches:
  - { name: disk, expr: 'value{metric="disk"}', bounds: [0, 1], limits: [{ name: full, above: 0.97 }] }
`,
  );
  writeFileSync(
    join(folder, 'native.yml'),
    `groups:
  - name: native
    rules:
      - { alert: FullTonight, expr: 'max_over_time(presage_forecast{watch="disk",quantile="0.5"}[12h] offset -12h) > 0.97', for: 15m }
      - { alert: HostUnusual, expr: 'presage_host_anomaly_score > 1' }
`,
  );
  writeFileSync(
    join(folder, 'static.yml'),
    `groups:
  - name: static
    rules:
      - { record: 'disk:used', expr: 'max by (instance) (value{metric="disk"})' }
      - { alert: DiskFull, expr: 'disk:used > 0.96', labels: { severity: page } }
      - { alert: DiskUsed, expr: 'disk:used > 0.52', labels: { severity: ticket } }
`,
  );
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program of a package that is not installed needs words and variables of its own: a script that gives them. */
function script(name: string, { path, args, environment }: Program): string {
  const file = join(folder, name);
  const variables = Object.entries(environment).map(([key, value]) => `export ${key}='${value}'\n`);
  writeFileSync(file, `#!/bin/sh\n${variables.join('')}exec '${path}' ${args.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function writeData(): void {
  const data = join(folder, 'data');
  mkdirSync(data);
  const used = (i: number): number => 0.45 + 0.01 * Math.sin(i * 12.9898) + Math.max(0, (0.53 * (i - fills)) / (20 * hour));
  const lines = Array.from({ length: rows }, (_, i) => `${start + i * step},${Math.min(0.999, used(i)).toFixed(5)}`);
  writeFileSync(join(data, 'a.csv.gz'), gzipSync(`timestamp,disk\n${lines.join('\n')}\n`));
  const metrics = [{ name: 'disk', kind: 'disk', windows: [] }];
  writeFileSync(
    join(data, 'index.json'),
    JSON.stringify({ entities: [{ id: 'db-1', file: 'a.csv.gz', layout: 'host', step_s: step, metrics }] }),
  );
}

const commandLine = (...words: string[]) => [presageScript, 'replay', `--config.file=${folder}/presage.yml`, ...tools, ...words];

const replay = (...words: string[]) => execute(process.execPath, commandLine(...words), { environment: process.env, timeout: 200 });

const sets = () => [
  `--rules=presage=${root}provisioning/prometheus/rules/limits.yml,${root}provisioning/prometheus/rules/anomalies.yml`,
  `--rules=native=${folder}/native.yml`,
  `--rules=static=${folder}/static.yml`,
];

const told = (name: string) => readFileSync(join(folder, name), 'utf8');

test('a replay tells which alerts would have come before the disk was full', async () => {
  const words = [...sets(), `--data=${folder}/data`, `--from=${start + 13.5 * 86_400}`];
  const { output } = await replay(...words, `--work=${folder}/work`, `--json=${folder}/one.json`, `--html=${folder}/one.html`);
  const result = JSON.parse(told('one.json'));
  expect(result.incidents).toMatchObject([{ kind: 'full', labels: { instance: 'db-1', watch: 'disk', limit: 'full' } }]);
  const [presage, native, fixed] = result.ruleSets;
  expect(presage).toMatchObject({ name: 'presage', caught: 1, missed: 0 });
  // A threshold near the limit tells late; the forecast hours before.
  expect(presage.medianLead).toBeGreaterThan(4 * 3600);
  // What reads the future itself sees the forecasts of that moment: no earlier than its twelve hours, and well before it hurts.
  expect(native).toMatchObject({ caught: 1, fired: 1, wrong: 0 });
  expect(native.medianLead).toBeGreaterThan(4 * 3600);
  expect(native.medianLead).toBeLessThan(16 * 3600);
  expect(fixed.rules.find(({ alert }: { alert: string }) => alert === 'DiskFull')).toMatchObject({ fired: 1, right: 1 });
  expect(result.skipped).toMatchObject([{ set: 'native', rule: 'HostUnusual' }]);
  expect(output).toMatch(/caught of 1 +1 +1 +1\n/);
  expect(output).toMatch(/native: HostUnusual: it reads presage_host_anomaly_score/);
  const page = told('one.html');
  expect(page).toContain('<svg');
  expect(page).not.toMatch(/<script|src=|href=/);
  const again = await replay(...words, `--work=${folder}/work`, `--json=${folder}/two.json`);
  expect(again.output).toBe(output);
  expect(told('two.json')).toBe(told('one.json'));
}, 400_000);

test.each([
  ['SIGINT', 130, /broken off; the same command goes on/],
  ['SIGKILL', null, /^$/],
] as const)(
  'a replay that was broken off by %s goes on from its checkpoint and ends with the same report',
  async (signal, exit, last) => {
    const work = join(folder, signal);
    const words = [...sets(), `--data=${folder}/data`, `--from=${start + 13.5 * 86_400}`, `--work=${work}`, '--checkpoint=0s'];
    const child = spawn(process.execPath, commandLine(...words), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
    await vi.waitUntil(() => existsSync(work) && readdirSync(work).some((name) => name.endsWith('.checkpoint')), {
      timeout: 100_000,
      interval: 20,
    });
    child.kill(signal);
    expect(await ended).toBe(exit);
    expect(said).toMatch(last);
    expect(readdirSync(work).some((name) => name.endsWith('.checkpoint'))).toBe(true);

    await replay(...words.slice(0, -1), `--json=${folder}/${signal}.json`);
    expect(told(`${signal}.json`)).toBe(told('one.json'));
    // Neither its store nor a Prometheus of its own is left, and what was walked is the same to the byte.
    const left = readdirSync(work).filter((name) => /^store-|\.pid$|\.checkpoint|\.part$/.test(name));
    expect(left).toEqual([]);
    for (const name of readdirSync(work).filter((one) => one.startsWith('disk-')))
      expect(readFileSync(join(work, name)).equals(readFileSync(join(folder, 'work', name)))).toBe(true);
  },
  400_000,
);

test.each([
  [() => [], /--rules: got none/],
  [() => [`--rules=x=${folder}/nothing.yml`], /nothing\.yml.*want a file that can be read/],
  [() => [...sets(), '--from=soon'], /--from: got "soon", want a date/],
  [() => [...sets(), `--data=${folder}/nowhere`], /nowhere.*want a data folder/],
])(
  'what cannot be replayed is said in one line',
  async (words, message) => {
    const error: unknown = await replay(...words(), `--work=${folder}/bad`).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(message);
  },
  60_000,
);
