import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { findBinaries, type Binaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { exampleNames, uncomment } from './alertmanager-examples.ts';
import { repositoryFile, testMachine } from './machine.ts';

interface Route {
  readonly receiver?: string;
  readonly mute_time_intervals?: readonly string[];
}

const file = repositoryFile('alertmanager/alertmanager.yml');
const text = readFileSync(file, 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'presage-alertmanager-'));
const rendered = path.join(folder, 'alertmanager.yml');
const routes: readonly { labels: Record<string, string>; receivers: string[]; waits?: boolean }[] = parse(
  readFileSync(repositoryFile('alertmanager/routes.yml'), 'utf8'),
);

/** Names in the place of values: what a secret is does not matter here, but for its form. */
const environment = {
  PRESAGE_SECRET_SLACK_URL: 'https://hooks.example.org/x',
  PRESAGE_SECRET_SMTP_PASSWORD: 'yes',
  PRESAGE_SECRET_WEBHOOK_TOKEN: '123',
  PRESAGE_SECRET_PAGERDUTY_KEY: 'f00',
  PRESAGE_SECRET_TEAMS_URL: 'https://teams.example.org/x',
  PRESAGE_SECRET_TELEGRAM_TOKEN: '1:x',
};
const render = (source: string, quietHours = true): string => {
  const replacements = { '/etc/alertmanager/': `${repositoryFile('alertmanager')}/` };
  return renderAlertmanager(source, file, { replacements, environment, missing: 'refuse', quietHours }).text;
};

let binaries: Binaries;
beforeAll(async () => {
  binaries = await findBinaries(testMachine());
  writeFileSync(rendered, render(text));
}, 120_000);

const amtool = async (...args: readonly string[]): Promise<string> => (await execute(binaries.amtool.path, args)).output;

test('amtool accepts the configuration and, once rendered, its templates', async () => {
  await amtool('check-config', file);
  const output = await amtool('check-config', rendered);
  expect(output).toContain('2 receivers');
  expect(output).toMatch(/1 templates\s+SUCCESS/);
});

describe('an alert with the labels', () => {
  test.each(routes.map(({ labels, receivers }) => [labels, receivers] as const))('%o goes to %o', async (labels, receivers) => {
    const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const output = await amtool(
      'config',
      'routes',
      'test',
      `--config.file=${rendered}`,
      `--verify.receivers=${receivers.join(',')}`,
      ...words,
    );
    expect(output.trim()).toBe(receivers.join(','));
  });

  // amtool tells no more than the receiver: so each route gets one by the name of its quiet hours, which are not inherited.
  test.each(routes.map(({ labels, waits = false }) => [labels, waits] as const))(
    '%o waits for working hours: %s',
    async (labels, waits) => {
      const marked: { route: Route; receivers: { name: string }[] } = parse(render(text), (_key, value: unknown) =>
        isRoute(value) ? { ...value, receiver: value.mute_time_intervals?.[0] ?? 'at-once' } : value,
      );
      const quiet = path.join(folder, 'quiet.yml');
      writeFileSync(quiet, JSON.stringify({ ...marked, receivers: [...marked.receivers, { name: 'out-of-hours' }, { name: 'at-once' }] }));
      const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const output = await amtool('config', 'routes', 'test', `--config.file=${quiet}`, ...words);
      expect(output.trim()).toBe(waits ? 'out-of-hours' : 'at-once');
    },
  );
});

test('the same check refuses the wrong receiver', async () => {
  const args = ['config', 'routes', 'test', `--config.file=${rendered}`, '--verify.receivers=ticket', 'severity=page'];
  await expect(amtool(...args)).rejects.toThrow(/receivers did not match/);
});

describe('the commented example', () => {
  test.each(exampleNames(text))('%s is valid once it is uncommented', async (name) => {
    const output = path.join(folder, `${name}.yml`);
    const source = uncomment(text, name);
    expect(parse(source)).toMatchObject({ receivers: [{ [name]: [{ send_resolved: true }] }, {}] });
    writeFileSync(output, render(source));
    expect(JSON.stringify(parse(render(source)))).not.toContain('_file');
    const { output: said, errors, code } = await execute(binaries.amtool.path, ['check-config', output], { accept: [1] });
    // Debian's 0.25 does not know Teams' workflows, which came with 0.28: then that is its one complaint.
    const old = name === 'msteamsv2_configs' && /^0\.2[0-7]\./.test(binaries.amtool.version);
    const complaints = `${said}\n${errors}`.split('\n').filter((line) => / field /.test(line));
    expect([code, complaints.map((line) => line.replace(/.*(field \S+ not found).*/, '$1'))]).toEqual(
      old ? [1, ['field msteamsv2_configs not found']] : [0, []],
    );
  });

  test('there are three', () => {
    expect(exampleNames(text)).toEqual(['pagerduty_configs', 'msteamsv2_configs', 'telegram_configs']);
  });

  // From the documentation of Alertmanager 0.28, section <msteamsv2_config>.
  test('for Teams uses no field that there is not', () => {
    const { receivers }: { receivers: { msteamsv2_configs?: object[] }[] } = parse(uncomment(text, 'msteamsv2_configs'));
    const known = ['send_resolved', 'webhook_url', 'webhook_url_file', 'title', 'text', 'http_config'];
    expect(Object.keys(receivers[0].msteamsv2_configs?.[0] ?? {}).filter((key) => !known.includes(key))).toEqual([]);
  });
});

test('every template that the configuration uses, also in its examples, is there', () => {
  const defined = ['addresses', 'presage', 'slack', 'mail'].flatMap((name) =>
    [...readFileSync(repositoryFile(`alertmanager/templates/${name}.tmpl`), 'utf8').matchAll(/define "([^"]+)"/g)].map(([, name]) => name),
  );
  const used = [...text.matchAll(/template "([^"]+)"/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((name) => !defined.includes(name))).toEqual([]);
});

test('every alert that an inhibition names is an alert of the rules', () => {
  const { inhibit_rules: inhibitions }: { inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[] } = parse(text);
  const named = inhibitions
    .flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers])
    .flatMap((matcher) => matcher.match(/Presage\w+/g) ?? []);
  const folder = repositoryFile('provisioning/prometheus/rules');
  const rules = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  expect(named.filter((name) => !rules.join().includes(`alert: ${name}\n`))).toEqual([]);
});

const isRoute = (value: unknown): value is Route =>
  typeof value === 'object' && value !== null && ('matchers' in value || 'group_by' in value);
