import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReplayResult } from '../../ml-sidecar/src/replay/replay.ts';
import { replayTable } from '../../ml-sidecar/src/replay/report.ts';
import { parseRuleFiles } from '../../ml-sidecar/src/replay/rule-file.ts';
import { atLeast, type BenchRow, shown } from '../bench.ts';
import { devGroups, type DevGroup, devStraightLines, devThresholds, widths } from './dev-windows.ts';
import { presageRules, runReplay } from './run.ts';

const data = fileURLToPath(new URL('../../../shared/data/dev', import.meta.url));
const WEEK = 7 * 86_400;

/**
 * Presage's rules against thresholds and straight lines on labelled measurements. These have no limits, and their units are lost:
 * the thresholds are what somebody would set who knows the rows to learn from, and of Presage's rules those on anomalies alone can
 * speak.
 */
export async function devRows(folder: string, say: (line: string) => void): Promise<readonly BenchRow[]> {
  if (!existsSync(join(data, 'index.json'))) return [shown('labelled measurements', `skipped: ${data} is not there`)];
  const groups = devGroups(data);
  const results: ReplayResult[] = [];
  for (const [i, group] of groups.entries()) {
    say(`${group.name}: ${group.incidents.filter(({ ignored }) => ignored !== true).length} windows`);
    results.push(await replayGroup(group, join(folder, `dev-${i}`)));
    for (const line of replayTable({ ...results[i], incidents: [] })
      .split('\n')
      .slice(2, 8))
      say(`  ${line}`);
  }
  return rowsOf(results);
}

function replayGroup(group: DevGroup, folder: string): Promise<ReplayResult> {
  const watches = group.kinds.map((kind) => `  - { name: ${kind}, expr: 'value{kind="${kind}"}', step: ${group.step}s }`);
  const lines = devStraightLines(Math.max(3600, 6 * group.step));
  return runReplay({
    folder,
    configuration: `prometheus: { url: http://127.0.0.1:9090 }\ndefaults: { refit: 12h }\nwatches:\n${watches.join('\n')}\n`,
    ruleSets: [
      presageRules(),
      ...widths.map((width) => parseRuleFiles(`thresholds ${width} sd`, [{ path: 'thresholds', text: devThresholds(width) }])),
      parseRuleFiles('predict_linear', [{ path: 'straight lines', text: lines }]),
      parseRuleFiles('both', [
        { path: 'thresholds', text: devThresholds(widths[0]) },
        { path: 'straight lines', text: lines },
      ]),
    ],
    from: group.from,
    to: group.to,
    incidents: group.incidents,
    every: 300,
    fill: (batch) => group.write(batch),
    say: () => {},
  });
}

function rowsOf(results: readonly ReplayResult[]): readonly BenchRow[] {
  const weeks = results.reduce((sum, { from, to }) => sum + (to - from) / WEEK, 0);
  const windows = results.reduce((sum, { incidents }) => sum + incidents.length, 0);
  const totals = results[0].verdicts.map(({ name }, i) => ({
    name,
    wrong: results.reduce((sum, { verdicts }) => sum + verdicts[i].wrong, 0),
    caught: results.reduce((sum, { verdicts }) => sum + verdicts[i].caught, 0),
  }));
  const [presage, usual] = totals;
  const both = totals[totals.length - 1];
  const fewer = (than: { readonly wrong: number }): number => (1 - presage.wrong / than.wrong) * 100;
  return [
    ...totals.map(({ name, wrong, caught }) =>
      shown(`labelled: ${name}`, `${wrong} false (${(wrong / weeks).toFixed(1)} a week), ${caught}/${windows} caught`),
    ),
    atLeast('labelled: fewer false alerts than thresholds and predict_linear', fewer(both), 70, ' %', 0),
    atLeast('labelled: fewer false alerts than thresholds', fewer(usual), 70, ' %', 0),
    atLeast('labelled: windows caught, against the thresholds', presage.caught, usual.caught, '', 0),
  ];
}
