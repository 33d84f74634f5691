import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readsOf } from '../../ml-sidecar/src/replay/promql.ts';
import { findBinaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from './machine.ts';

const page = readFileSync(repositoryFile('docs/alerts.md'), 'utf8');
const rules = repositoryFile('provisioning/prometheus/rules');
/** The indented blocks of the page, without the indent. */
const blocks = [...page.matchAll(/(?:^ {4}.*\n|^\n(?= {4}))+/gm)].map(([block]) => block.replaceAll(/^ {4}/gm, '').trim());
const commands = blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('promtool '));

test('the table has a row for every alert, with its severity, its runbook, and a file that there is', () => {
  const rows = [...page.matchAll(/^\| \[(\w+)\]\((\S+)\) \| (\w+) \| (.+) \| (.+) \|$/gm)].map(([, name, runbook, severity, , tune]) => {
    for (const file of tune.match(/\w+\.yml/g) ?? []) expect(readdirSync(rules)).toContain(file);
    return [name, runbook, severity];
  });
  const alerts = readdirSync(rules).flatMap((file) => {
    const { groups }: { groups: { rules: { alert?: string; labels?: { severity?: string } }[] }[] } = parse(
      readFileSync(`${rules}/${file}`, 'utf8'),
    );
    return groups.flatMap((group) =>
      group.rules.flatMap(({ alert, labels }) => (alert === undefined ? [] : [[alert, `runbooks/${alert}.md`, labels?.severity]])),
    );
  });
  expect(new Set(rows.map(String))).toEqual(new Set(alerts.map(String)));
  expect(rows).toHaveLength(alerts.length);
});

test.each(commands)('%s', async (command) => {
  const { promtool } = await findBinaries(testMachine());
  const inShell = ['-c', command.replace(/^promtool/, '"$PROMTOOL"')];
  const { output } = await execute('/bin/sh', inShell, {
    folder: repositoryFile(''),
    environment: { ...process.env, PROMTOOL: promtool.path },
    timeout: 120,
  });
  expect(output).toContain('SUCCESS');
});

test('its commands are run, its rules are valid, and its queries can be read', async () => {
  expect(commands.length).toBeGreaterThan(1);
  const { promtool } = await findBinaries(testMachine());
  const folder = mkdtempSync(path.join(tmpdir(), 'presage-alerts-docs-'));
  const files = blocks.filter((block) => block.startsWith('groups:'));
  expect(files.length).toBeGreaterThan(1);
  for (const [i, text] of files.entries()) {
    writeFileSync(path.join(folder, `${i}.yml`), `${text}\n`);
    const { output } = await execute(promtool.path, ['check', 'rules', path.join(folder, `${i}.yml`)]);
    expect(output).toContain('SUCCESS');
  }
  rmSync(folder, { recursive: true });
  const queries = blocks.flatMap((block) => block.split('\n')).filter((line) => /\bpresage_forecast\{/.test(line));
  expect(queries.length).toBeGreaterThan(2);
  for (const query of queries) expect(readsOf(query).names).toContain('presage_forecast');
});
