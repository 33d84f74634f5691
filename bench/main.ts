import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accuracy } from './accuracy.ts';
import { anomaly } from './anomaly.ts';
import type { Bench, BenchRow } from './bench.ts';
import { exporter } from './exporter.ts';
import { faults } from './faults.ts';
import { fleet } from './fleet.ts';
import { forecast } from './forecast.ts';
import { fuzz } from './fuzz.ts';
import { page } from './page.ts';
import { panel } from './panel.ts';
import { performancePage } from './performance-page.ts';
import { probes } from './probes.ts';
import { replayBench } from './replay.ts';
import { scale } from './scale.ts';
import { scores } from './scores.ts';
import { soak } from './soak.ts';
import { stream } from './stream.ts';

/** Every benchmark. `npm run bench -- NAME …` runs those named, without a name all. */
const benches: readonly Bench[] = [
  accuracy,
  anomaly,
  exporter,
  faults,
  fleet,
  forecast,
  fuzz,
  page,
  panel,
  probes,
  replayBench,
  scale,
  scores,
  soak,
  stream,
];

const results = fileURLToPath(new URL('../results', import.meta.url));
const names = process.argv.slice(2);
const unknown = names.find((name) => !benches.some((bench) => bench.name === name));
if (unknown === undefined) await runAll(benches.filter((bench) => names.length === 0 || names.includes(bench.name)));
else {
  console.error(`bench: got ${unknown}, want some of ${benches.map((bench) => bench.name).join(', ')}`);
  process.exitCode = 1;
}

async function runAll(chosen: readonly Bench[]): Promise<void> {
  mkdirSync(results, { recursive: true });
  for (const bench of chosen) {
    console.log(`\n${bench.name}`);
    const rows = await bench.run((line) => console.log(`  ${line}`));
    const file = `${results}/${bench.name}.json`;
    const at = new Date().toISOString();
    writeFileSync(file, `${JSON.stringify({ name: bench.name, at, node: process.versions.node, rows }, null, 2)}\n`);
    writeFileSync(fileURLToPath(new URL('../../docs/performance.md', import.meta.url)), performancePage(results));
    console.log(table(rows));
    if (rows.some((row) => !row.holds)) process.exitCode = 1;
  }
}

function table(rows: readonly BenchRow[]): string {
  const lines = [
    ['what', 'wanted', 'measured', ''],
    ...rows.map((row) => [row.what, row.wanted, row.measured, row.holds ? '' : 'NOT HELD']),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd()).join('\n');
}
