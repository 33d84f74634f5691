import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { collectors } from '../../exporter/src/collectors/index.ts';
import { isGaugeName, renderMetrics } from '../../ml-sidecar/src/serve/metrics.ts';
import { servedOf, waveWatch } from '../../ml-sidecar/src/serve/served.fixture.ts';
import { repositoryFile } from './machine.ts';

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Labels that its samples carry. */
  readonly labels: readonly string[];
}

/** The text of docs/metrics.md: what the golden files of the exporter hold, the gauges of the sidecar, its own health, and recorded series. */
export async function metricsDocs(): Promise<string> {
  const own = sourceFamilies();
  const rendered = await gaugeFamilies();
  const shown = new Set(rendered.map(({ name }) => name));
  const others = own.filter(({ name }) => !shown.has(name));
  const gauges = [...rendered, ...others.filter(({ name }) => isGaugeName(name))];
  const rest = others.filter(({ name }) => !isGaugeName(name));
  return `# Metrics

Made from the programs themselves: \`npx vitest run --project unit test/contract/metrics-docs.test.ts -u\`.

- [presage](#presage): forecasts, scores and limits of every watched series
- [The future](#the-future), over remote read
- [Presage's own health](#presages-own-health)
- [Recorded series](#recorded-series): what the shipped rules add
- [presage-exporter](#presage-exporter): a table for each collector

## presage
Every one of them keeps the labels of the source series and adds \`watch\`; the score of a host has the label of the host alone. How many there are for a configuration is told by \`presage check\`.

${table(gauges)}
## The future
\`presage_forecast\` (with the labels of the series, \`watch\` and \`quantile\`: 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975) is not on \`/metrics\`: Prometheus asks
for it by remote read. Its samples are stamped with the time that they are about: in the past the forecast last issued before that time,
in the future the newest.

## Presage's own health
Besides these: \`process_…\` and \`nodejs_…\` of the process.

${table(rest)}
## Recorded series
${recordTable()}
## presage-exporter
By collector, as on the Linux of the test fixtures; which collectors run unless told otherwise stands in [configuration.md](configuration.md#presage-exporter).
Names and labels are node_exporter's.

${collectorTables()}`;
}

function table(families: readonly Family[]): string {
  const rows = families.map(({ name, type, help, labels }) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${cell(help)} |\n`);
  return `| Metric | Type | Labels | What it says |\n|---|---|---|---|\n${rows.join('')}`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

/** Families of a text exposition. */
function familiesOf(text: string): Family[] {
  const helps = new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map((match) => [match[1], match[2]]));
  const lines = text.split('\n');
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => {
    const samples = lines.filter((line) => line.startsWith(`${name}{`));
    const labels = new Set(samples.flatMap((line) => [...line.matchAll(/[{,]([a-zA-Z_]\w*)="/g)].map((match) => match[1])));
    return { name, type, help: helps.get(name) ?? '', labels: [...labels] };
  });
}

/** The gauges of a watch with a limit, without the labels that every series has. */
async function gaugeFamilies(): Promise<Family[]> {
  const watch = await waveWatch('temperature', [{ instance: 'a' }]);
  const text = renderMetrics(servedOf([watch], { up: true, fault: undefined, lastSuccess: undefined }));
  const common = new Set(['instance', 'watch']);
  return familiesOf(text).map((family) => ({ ...family, labels: family.labels.filter((label) => !common.has(label)) }));
}

/** Every metric of the sidecar that its source names together with its help, in the order of their names. */
function sourceFamilies(): Family[] {
  const folder = repositoryFile('ml-sidecar/src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.(test|fixture))\.ts$/.test(file));
  const found = new Map<string, Family>();
  for (const file of files) {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    for (const [, kind = '', before, name, help, after = ''] of text.matchAll(DEFINITION)) {
      const labels = [
        ...(/labelNames:\s*\[([^\]]*)\]/.exec(before + after)?.[1] ?? /^,\s*\[([^\]]*)\]/.exec(after)?.[1] ?? '').matchAll(/'(\w+)'/g),
      ];
      const watched = kind === 'seconds' || name.startsWith('presage_watch') ? ['watch'] : [];
      found.set(name, { name, type: typeOf(kind, name), help, labels: labels.length > 0 ? labels.map((match) => match[1]) : watched });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `new Counter({ name: 'presage_…', help: '…', labelNames: […]`, `counter('presage_…', '…', […]`, and rows `presage_…: '…'` of a table. */
const DEFINITION =
  /(?:(?:new )?(\w+)\(([{\s]*(?:name:\s*)?))?'?(?<![\w.])(presage_[a-z0-9_]+)'?\s*[:,]\s*(?:help:\s*)?'((?:[^'\\\n]|\\.)+)'((?:,\s*(?:labelNames:\s*)?\[[^\]]*\])?)/g;

function typeOf(kind: string, name: string): string {
  if (name.endsWith('_total')) return 'counter';
  return /^(seconds|histogram)$/i.test(kind) ? 'histogram' : 'gauge';
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly record?: string; readonly expr: string }[] }[];
}

function recordTable(): string {
  const folder = repositoryFile('provisioning/prometheus/rules');
  const rows = readdirSync(folder).flatMap((file) => {
    const { groups }: RuleFile = parse(readFileSync(`${folder}/${file}`, 'utf8'));
    const records = groups.flatMap(({ rules }) => rules.flatMap(({ record }) => (record === undefined ? [] : [record])));
    return [...new Set(records)].map((record) => `| \`${record}\` | [${file}](../provisioning/prometheus/rules/${file}) |\n`);
  });
  return `| Series | Rules |\n|---|---|\n${rows.join('')}`;
}

function collectorTables(): string {
  const folder = repositoryFile('exporter/testdata/golden');
  return collectors
    .flatMap(({ collector: { name, help }, on }) => {
      const families = readFamilies(`${folder}/${name}.prom`).filter((family) => !family.name.startsWith('node_scrape_collector_'));
      return families.length > 0
        ? [`### ${name}\n${help}${on ? '' : ', off unless `--collector.' + name + '` says otherwise'}\n\n${table(families)}`]
        : [];
    })
    .join('\n');
}

function readFamilies(path: string): Family[] {
  return familiesOf(readFileSync(path, 'utf8'));
}
