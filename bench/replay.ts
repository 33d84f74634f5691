import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReplayResult } from '../ml-sidecar/src/replay/replay.ts';
import { replayPage } from '../ml-sidecar/src/replay/report-page.ts';
import { falseAWeek, leadText, replayTable } from '../ml-sidecar/src/replay/report.ts';
import { parseRuleFiles } from '../ml-sidecar/src/replay/rule-file.ts';
import { hashed } from '../stack/src/demo/noise.ts';
import { atLeast, type Bench, type BenchRow, shown } from './bench.ts';
import { devRows } from './incidents/dev-replay.ts';
import { generateHost, type GeneratedHost, type Kind, kinds } from './incidents/hosts.ts';
import { presageRules, runReplay } from './incidents/run.ts';
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
      const result = await replayed(join(folder, 'generated'), say);
      for (const line of replayTable(result).split('\n')) say(line);
      writeFileSync(join(root, 'bench/results/replay.html'), replayPage({ ...result, series: [] }));
      return [...rowsOf(result), ...(await devRows(folder, say))];
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
  const hosts = generatedHosts(SEED);
  const incidents = hosts.flatMap((host) => host.incidents);
  say(`${HOSTS} hosts, ${WEEKS} weeks each, seed ${SEED}: ${incidents.length} incidents`);
  return runReplay({
    folder,
    configuration,
    ruleSets: [
      presageRules(),
      parseRuleFiles('mixin', [{ path: 'mixin', text: mixin }]),
      parseRuleFiles('predict_linear', [{ path: 'straight lines', text: straightLines }]),
      parseRuleFiles('both', [
        { path: 'mixin', text: mixin },
        { path: 'straight lines', text: straightLines },
      ]),
      parseRuleFiles('thresholds', [{ path: 'thresholds', text: thresholds }]),
    ],
    from,
    to,
    incidents,
    every: 300,
    fill: (batch) => hosts.forEach((host) => writeHost(host, { start: from - history - DAY, end: to }, batch)),
    say,
  });
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
