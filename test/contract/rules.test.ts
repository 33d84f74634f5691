import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { node } from '../../ml-sidecar/src/configuration/presets/node.ts';
import { selectorWriter } from '../../ml-sidecar/src/configuration/presets/preset.ts';
import { readsOf } from '../../ml-sidecar/src/replay/promql.ts';
import { findBinaries, type Binaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { dashboardQueries } from './dashboards.ts';
import { repositoryFile, testMachine } from './machine.ts';
import { casesOf, readUnitTests } from './rule-cases.ts';

interface Rule {
  readonly file: string;
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const folder = repositoryFile('provisioning/prometheus');
const yamlIn = (name: string): readonly string[] => readdirSync(`${folder}/${name}`).filter((file) => file.endsWith('.yml'));
const ruleFiles = yamlIn('rules');
const testFiles = yamlIn('rule-tests');
const rules: readonly Rule[] = ruleFiles.flatMap((file) => {
  const { groups }: { groups: { rules: Omit<Rule, 'file'>[] }[] } = parse(readFileSync(`${folder}/rules/${file}`, 'utf8'));
  return groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file })));
});
const alerts = rules.filter((rule) => rule.alert !== undefined);
const unitTests = testFiles.flatMap((file) => readUnitTests(`${folder}/rule-tests/${file}`));

let binaries: Binaries;
beforeAll(async () => {
  binaries = await findBinaries(testMachine());
}, 120_000);

test.each(ruleFiles)('%s passes promtool check rules', async (file) => {
  const { output } = await execute(binaries.promtool.path, ['check', 'rules', `${folder}/rules/${file}`]);
  expect(output).toContain('SUCCESS');
});

test('every file of rules has one of unit tests', () => {
  expect(testFiles).toEqual(expect.arrayContaining([...ruleFiles]));
});

test.each(testFiles)(
  'the unit tests of %s pass',
  async (file) => {
    const { output } = await execute(binaries.promtool.path, ['test', 'rules', `${folder}/rule-tests/${file}`], { timeout: 120 });
    expect(output).toContain('SUCCESS');
  },
  120_000,
);

describe.each(alerts.map((alert) => [String(alert.alert), alert] as const))('%s', (name, { labels, annotations }) => {
  test('has a severity that a route knows, a summary with a value, and a description', () => {
    expect(['page', 'ticket', 'info']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toMatch(/\$value|\bquery\b/);
    expect(annotations?.['description']).toMatch(/\S/);
    // Prometheus leaves the whole text out where a template fails; every text is rendered in a unit test.
    expect(unitTests.flatMap(({ texts }) => texts).join()).not.toContain('error expanding');
  });

  test('links to its dashboard and its runbook, and the runbook says what to do', () => {
    expect(annotations?.['dashboard_url']).toMatch(/^d\/presage-\w+\?/);
    expect(annotations?.['runbook_url']).toBe(`docs/runbooks/${name}.md`);
    const file = repositoryFile(`docs/runbooks/${name}.md`);
    expect(existsSync(file)).toBe(true);
    const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([name, 'What it means', 'Look', 'Act', 'When it may be wrong', 'Tune']);
  });

  test('fires in its unit tests, does not where it should not, and resolves, with samples that are missing and stale', () => {
    expect(casesOf(unitTests, name)).toEqual({ fires: true, keepsQuiet: true, resolves: true, missing: true, stale: true });
  });
});

test('every runbook belongs to an alert', () => {
  const names = readdirSync(repositoryFile('docs/runbooks')).map((file) => file.replace(/\.md$/, ''));
  expect(new Set(names)).toEqual(new Set(alerts.map((alert) => alert.alert)));
});

/** Every name that an expression reads, through what is recorded. */
function readThrough(expr: string): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [expr];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    for (const name of readsOf(one).names) {
      if (found.has(name)) continue;
      found.add(name);
      left.push(...rules.filter(({ record }) => record === name).map((rule) => rule.expr));
    }
  }
  return found;
}

test('whatever tells of the future asks whether the forecast may speak', () => {
  const future = ['presage_time_to_limit_seconds', 'presage_limit_probability_ratio', 'presage_predicted', 'presage_forecast'];
  const telling = alerts.filter(({ expr }) => future.some((name) => readThrough(expr).has(name)));
  const unasked = telling.filter(({ expr }) => !readThrough(expr).has('presage:forecast:trusted'));
  expect(telling.map(({ alert }) => alert)).toEqual(
    expect.arrayContaining(['PresageLimitSoon', 'PresageLimitAhead', 'PresageForecastPastThreshold']),
  );
  // The one tells what has happened, the other that nothing can be read.
  expect(new Set(unasked.map(({ alert }) => alert))).toEqual(new Set(['PresageForecastUnreadable', 'PresageLimitPassed']));
});

test('what rules, annotations and dashboards read of presage:… is recorded', () => {
  const recorded = new Set(rules.map(({ record }) => record));
  const texts = rules.flatMap(({ expr, annotations }) => [expr, ...Object.values(annotations ?? {})]);
  const named = [...texts, ...dashboardQueries().map(({ expr }) => expr)].flatMap((text) => text.match(/\bpresage:\w+(?::\w+)*/g) ?? []);
  expect(new Set(named).size).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => !recorded.has(name))).toEqual([]);
});

test('the preset node is recorded as it is written', () => {
  const { groups }: { groups: { rules: { record: string; expr: string }[] }[] } = parse(
    readFileSync(`${folder}/rules/node-watches.yml`, 'utf8'),
  );
  const onOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
  const recorded = groups.flatMap(({ rules: all }) => all.map(({ record, expr }) => [record, onOneLine(expr)]));
  expect(recorded).toEqual(node.watches(selectorWriter('')).map(({ record, expr }) => [record, onOneLine(expr)]));
});
