import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findBinaries, type Binaries } from '../../stack/src/binaries.ts';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from './machine.ts';

const file = repositoryFile('alertmanager/alertmanager.yml');
const routes: readonly { labels: Record<string, string>; receivers: string[] }[] = parse(
  readFileSync(repositoryFile('alertmanager/routes.yml'), 'utf8'),
);

let binaries: Binaries;
let rendered: string;
beforeAll(async () => {
  binaries = await findBinaries(testMachine());
  const folder = mkdtempSync(path.join(tmpdir(), 'presage-alertmanager-'));
  const replacements = { '/etc/alertmanager/': `${repositoryFile('alertmanager')}/` };
  rendered = path.join(folder, 'alertmanager.yml');
  const environment = {
    PRESAGE_SECRET_SLACK_URL: 'https://hooks.example.org/x',
    PRESAGE_SECRET_SMTP_PASSWORD: 'yes',
    PRESAGE_SECRET_WEBHOOK_TOKEN: '123',
  };
  writeFileSync(rendered, renderAlertmanager(readFileSync(file, 'utf8'), file, { replacements, environment, missing: 'refuse' }).text);
}, 120_000);

test('amtool accepts the configuration and, once rendered, its templates', async () => {
  await execute(binaries.amtool.path, ['check-config', file]);
  const { output } = await execute(binaries.amtool.path, ['check-config', rendered]);
  expect(output).toContain('2 receivers');
  expect(output).toMatch(/1 templates\s+SUCCESS/);
});

describe('an alert with the labels', () => {
  test.each(routes.map(({ labels, receivers }) => [labels, receivers] as const))('%o goes to %o', async (labels, receivers) => {
    const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const { output } = await execute(binaries.amtool.path, [
      'config',
      'routes',
      'test',
      `--config.file=${rendered}`,
      `--verify.receivers=${receivers.join(',')}`,
      ...words,
    ]);
    expect(output.trim()).toBe(receivers.join(','));
  });
});

test('the same check refuses the wrong receiver', async () => {
  const args = ['config', 'routes', 'test', `--config.file=${rendered}`, '--verify.receivers=ticket', 'severity=page'];
  await expect(execute(binaries.amtool.path, args)).rejects.toThrow(/receivers did not match/);
});

test('every alert that an inhibition names is an alert of the rules', () => {
  const { inhibit_rules: inhibitions }: { inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[] } = parse(
    readFileSync(file, 'utf8'),
  );
  const named = inhibitions
    .flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers])
    .flatMap((matcher) => matcher.match(/Presage\w+/g) ?? []);
  const rules = ['limits', 'anomalies', 'forecasts', 'sources'].map((name) =>
    readFileSync(repositoryFile(`provisioning/prometheus/rules/${name}.yml`), 'utf8'),
  );
  expect(named.filter((name) => !rules.join().includes(`alert: ${name}\n`))).toEqual([]);
});
