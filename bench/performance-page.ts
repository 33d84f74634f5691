import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Result {
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  readonly node: string;
  readonly rows: readonly { readonly what: string; readonly wanted: string; readonly measured: string; readonly holds: boolean }[];
}

/** What each benchmark is about, in the order of the page; others follow by name. */
const subjects: Readonly<Record<string, string>> = {
  exporter: 'The exporter against node_exporter, in turns on the same machine',
  probes: 'Probes against blackbox_exporter, in turns',
  accuracy: 'Accuracy of forecasts on real series ([what they are](accuracy.md))',
  forecast: 'Speed and memory of forecasts, against the models of augurs',
  anomaly: 'Anomaly scores on labelled series',
  scores: 'Speed and memory of scoring',
  stream: 'The receiver of live samples',
  scale: 'Many series on one machine',
  fleet: 'Fits shared by workers over Redis',
  faults: 'Faults',
  soak: 'The whole stack for half an hour',
  replay: 'Alerts of rule sets over generated incidents ([how](replay.md))',
  panel: "The panel against Grafana's own time series panel",
  page: 'The page of the sidecar',
};

/** The text of docs/performance.md, from the results in `folder`: every row of every benchmark, whether its bar is held or not. */
export function performancePage(folder: string): string {
  const results = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .filter(isResult);
  const order = Object.keys(subjects);
  const place = ({ name }: Result) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sections = results.sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1)).map(section);
  return `# Performance

Written by \`npm run bench\` from bench/results. Ratios are measured in turns on one machine in one run, here two shared cores without a GPU;
absolute figures hang on the machine. A row without a bar is shown and asks nothing. What missed its bar says so.

${sections.join('\n')}`;
}

function isResult(value: Partial<Result>): value is Result {
  return !Array.isArray(value) && typeof value.name === 'string' && Array.isArray(value.rows) && typeof value.at === 'string';
}

function section({ name, at, node, rows }: Result): string {
  const lines = rows.map(
    ({ what, wanted, measured, holds }) => `| ${cell(what)} | ${cell(wanted)} | ${cell(measured)} | ${holds ? '' : '**not held**'} |\n`,
  );
  return `## ${name}
${subjects[name] ?? name}. \`npm run bench -- ${name}\`, last on ${at.slice(0, 10)} with Node ${node}.

| Figure | Wanted | Measured | |
|---|---|---|---|
${lines.join('')}`;
}

const cell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, '; ');
