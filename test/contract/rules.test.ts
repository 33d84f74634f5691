import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { node } from '../../ml-sidecar/src/configuration/presets/node.ts';
import { selectorWriter } from '../../ml-sidecar/src/configuration/presets/preset.ts';
import { findBinaries, type Binaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from './machine.ts';

interface Rule {
  readonly file: string;
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const folder = repositoryFile('provisioning/prometheus');
const ruleFiles = readdirSync(`${folder}/rules`).filter((name) => name.endsWith('.yml'));
const rules: readonly Rule[] = ruleFiles.flatMap((file) => {
  const { groups }: { groups: { rules: Omit<Rule, 'file'>[] }[] } = parse(readFileSync(`${folder}/rules/${file}`, 'utf8'));
  return groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file })));
});
const alerts = rules.filter((rule) => rule.alert !== undefined);

let binaries: Binaries;
beforeAll(async () => {
  binaries = await findBinaries(testMachine());
}, 120_000);

test.each(ruleFiles)('%s passes promtool check rules', async (file) => {
  const { output } = await execute(binaries.promtool.path, ['check', 'rules', `${folder}/rules/${file}`]);
  expect(output).toContain('SUCCESS');
});

test.each(ruleFiles)('%s has unit tests, and they pass', async (file) => {
  const { output } = await execute(binaries.promtool.path, ['test', 'rules', `${folder}/rule-tests/${file}`]);
  expect(output).toContain('SUCCESS');
});

describe.each(alerts.map((alert) => [String(alert.alert), alert] as const))('%s', (name, { file, labels, annotations }) => {
  test('has a severity that a route knows, a summary and a description', () => {
    expect(['page', 'ticket']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toMatch(/\S/);
    expect(annotations?.['description']).toMatch(/\S/);
  });

  test('links to its runbook, and the runbook exists', () => {
    expect(annotations?.['runbook_url']).toBe(`docs/runbooks/${name}.md`);
    expect(existsSync(repositoryFile(`docs/runbooks/${name}.md`))).toBe(true);
  });

  test('fires in its unit tests and is expected not to, too', () => {
    const tests: { tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[] } = parse(
      readFileSync(`${folder}/rule-tests/${file}`, 'utf8'),
    );
    const cases = tests.tests.flatMap((one) => one.alert_rule_test ?? []).filter((one) => one.alertname === name);
    expect(cases.some((one) => one.exp_alerts.length > 0)).toBe(true);
    expect(cases.some((one) => one.exp_alerts.length === 0)).toBe(true);
  });
});

test('every runbook belongs to an alert', () => {
  const names = readdirSync(repositoryFile('docs/runbooks')).map((file) => file.replace(/\.md$/, ''));
  expect(new Set(names)).toEqual(new Set(alerts.map((alert) => alert.alert)));
});

test('the preset node is recorded as it is written', () => {
  const { groups }: { groups: { rules: { record: string; expr: string }[] }[] } = parse(
    readFileSync(`${folder}/rules/node-watches.yml`, 'utf8'),
  );
  const onOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
  const recorded = groups.flatMap(({ rules: all }) => all.map(({ record, expr }) => [record, onOneLine(expr)]));
  expect(recorded).toEqual(node.watches(selectorWriter('')).map(({ record, expr }) => [record, onOneLine(expr)]));
});
