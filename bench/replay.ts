import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readGrid } from '../ml-sidecar/src/app/history.ts';
import { shapeOf } from '../ml-sidecar/src/app/shape.ts';
import { parseConfiguration } from '../ml-sidecar/src/configuration/parse.ts';
import { detectors } from '../ml-sidecar/src/detectors/index.ts';
import { forecasters } from '../ml-sidecar/src/forecasters/index.ts';
import { replay, type ReplayResult } from '../ml-sidecar/src/replay/replay.ts';
import { replayPage } from '../ml-sidecar/src/replay/report-page.ts';
import { falseAWeek, leadText, replayTable } from '../ml-sidecar/src/replay/report.ts';
import { parseRuleFiles } from '../ml-sidecar/src/replay/rule-file.ts';
import { createStore } from '../ml-sidecar/src/replay/store.ts';
import { findBinaries } from '../stack/src/binaries.ts';
import { hashed } from '../stack/src/demo/noise.ts';
import { describeMachine } from '../stack/src/machine.ts';
import { atLeast, type Bench, type BenchRow, shown } from './bench.ts';
import { generateHost, type GeneratedHost, type Kind, kinds } from './incidents/hosts.ts';
import { mixin, straightLines, thresholds } from './incidents/static-rules.ts';
import { writeHost } from './incidents/write.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const DAY = 86_400;
const SEED = 20_261;
const HOSTS = 25;
const WEEKS = 2;
/** Monday, so that every host sees whole weeks. */
const from = Date.UTC(2026, 5, 1) / 1000;
const to = from + WEEKS * 7 * DAY;
const history = 14 * DAY;

/** The shipped preset, fitted every two hours instead of every quarter of one: the bench walks 50 host-weeks. */
const configuration = `
prometheus: { url: http://127.0.0.1:9090 }
defaults: { refit: 2h }
watches:
  - preset: node
`;

/** Presage's own rules against the node mixin and predict_linear on generated incidents. */
export const replayBench: Bench = {
  name: 'replay',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'presage-replay-'));
    try {
      const result = await replayed(folder, say);
      for (const line of replayTable(result).split('\n')) say(line);
      writeFileSync(join(root, 'bench/results/replay.html'), replayPage({ ...result, series: [] }));
      return rowsOf(result);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Every host has two of the kinds in its two weeks, each kind as often as the others. */
export function generatedHosts(seed: number): readonly GeneratedHost[] {
  const order = Array.from({ length: 2 * HOSTS }, (_, i): Kind => kinds[i % kinds.length]);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(((hashed(seed, i) + 1) / 2) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return Array.from({ length: HOSTS }, (_, i) =>
    generateHost(`host-${String(i + 1).padStart(2, '0')}`, seed + i, { start: from, end: to }, order.slice(2 * i, 2 * i + 2)),
  );
}

async function replayed(folder: string, say: (line: string) => void): Promise<ReplayResult> {
  const { platform, arch, env } = process;
  const binaries = await findBinaries(describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say }));
  const parsed = parseConfiguration(configuration, {
    forecasters: forecasters.map(({ name }) => name),
    detectors: detectors.map(({ name }) => name),
  });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const sleep = (seconds: number): Promise<void> => setTimeout(seconds * 1000);
  const { prometheus, promtool } = binaries;
  const store = createStore({ folder, prometheus, promtool, environment: env, lookback: 301, sleep, random: Math.random });
  try {
    const hosts = generatedHosts(SEED);
    say(`${HOSTS} hosts, ${WEEKS} weeks each, seed ${SEED}: ${hosts.flatMap(({ incidents }) => incidents).length} incidents`);
    const file = join(folder, 'hosts.openmetrics');
    const batch = store.batch(file);
    for (const host of hosts) writeHost(host, { start: from - history - DAY, end: to }, batch);
    say(`${batch.close().toLocaleString('en')} samples`);
    await store.load([file]);
    return await replay({
      configuration: parsed.configuration,
      ruleSets: ruleSets(),
      from,
      to,
      store,
      work: join(folder, 'work'),
      incidents: hosts.flatMap(({ incidents }) => incidents),
      limitsCount: false,
      foresight: DAY,
      readGrid: async (settings, first, last) => (await readGrid(store.client, settings, first, last)).matrix,
      shapeOf: (settings) => shapeOf(settings, parsed.configuration.gauges),
      pause: () => setImmediate(),
      clock: () => performance.now() / 1000,
      checkpoint: Infinity,
      progress: progressTo(say),
    });
  } finally {
    await store.stop();
  }
}

function ruleSets() {
  const rules = join(root, 'provisioning/prometheus/rules');
  const own = readdirSync(rules).filter((file) => /^(limits|anomalies|incidents)\.yml$/.test(file));
  return [
    parseRuleFiles(
      'presage',
      own.map((file) => ({ path: file, text: readFileSync(join(rules, file), 'utf8') })),
    ),
    parseRuleFiles('mixin', [{ path: 'mixin', text: mixin }]),
    parseRuleFiles('predict_linear', [{ path: 'straight lines', text: straightLines }]),
    parseRuleFiles('both', [
      { path: 'mixin', text: mixin },
      { path: 'straight lines', text: straightLines },
    ]),
    parseRuleFiles('thresholds', [{ path: 'thresholds', text: thresholds }]),
  ];
}

/** Says each new thing that is done once. */
function progressTo(say: (line: string) => void): (what: string) => void {
  let last = '';
  return (what) => {
    if (what === last || what.startsWith('evaluating')) return;
    last = what;
    say(what);
  };
}

function rowsOf(result: ReplayResult): readonly BenchRow[] {
  const [presage, mixinVerdict, , both] = result.verdicts;
  const fewer = (1 - presage.wrong / both.wrong) * 100;
  return [
    ...result.verdicts.map((one) =>
      shown(
        one.name,
        `${falseAWeek(result, one).toFixed(1)} false a week, ${one.caught}/${result.incidents.length} caught, lead ${leadText(one.medianLead)}`,
      ),
    ),
    atLeast('fewer false alerts than the mixin and predict_linear', fewer, 70, ' %', 0),
    shown('fewer false alerts than the mixin alone', `${((1 - presage.wrong / mixinVerdict.wrong) * 100).toFixed(0)} %`),
    atLeast('incidents caught', presage.caught, both.caught, '', 0),
    atLeast('median lead where it can be foreseen', presage.medianLead / 60, 30, ' min', 0),
  ];
}
