import { Ajv } from 'ajv';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { renderAlertmanager } from '../../stack/src/alertmanager/render.ts';
import { secretPlace } from '../../stack/src/alertmanager/secrets.ts';
import { findBinaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { type Manifest, renderChart, valuesOf } from './helm.ts';
import { repositoryFile, testMachine } from './machine.ts';

interface Pod {
  readonly initContainers: readonly { readonly args: readonly string[]; readonly image: string; readonly command: readonly string[] }[];
  readonly containers: readonly { readonly args: readonly string[] }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly items: readonly { key: string; path: string }[] } }[];
}

const chart = repositoryFile('deploy/helm/presage');
const folder = mkdtempSync(path.join(tmpdir(), 'presage-helm-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const values = { alertmanager: { enabled: true, secret: 'notifications', grafanaUrl: 'https://grafana.example.org/' } };
const own = (overrides: object): readonly Manifest[] =>
  renderChart(chart, { ...values, alertmanager: { ...values.alertmanager, ...overrides } }).manifests.filter(
    ({ metadata }) => metadata.name === 'presage-alertmanager',
  );
const [configMap, service, set] = own({});
const podOf = (manifest: Manifest): Pod => JSON.parse(JSON.stringify(manifest.spec)).template.spec;

test('there is none unless it is asked for', () => {
  expect(own({ enabled: false })).toEqual([]);
});

test.each([
  ['as it is', {}],
  [
    'in memory, without secrets',
    { persistence: { enabled: false, size: '1Gi', storageClassName: '' }, secret: '', missingSecrets: 'leave-out' },
  ],
])('what is rendered is what Kubernetes takes: %s', (_name, overrides) => {
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(path.join(chart, 'values.schema.json'), 'utf8')));
  expect(validate(valuesOf(chart, { alertmanager: { ...values.alertmanager, ...overrides } })) ? [] : validate.errors).toEqual([]);
  const manifests = own(overrides);
  expect(manifests.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service', 'StatefulSet']);
  const models = [ConfigMap, Service, StatefulSet];
  manifests.forEach((manifest, i) => Reflect.construct(models[i], [manifest]).validate());
  expect(service.spec).toMatchObject({ ports: [{ port: 9093 }] });
});

test('its routes and messages are those of alertmanager/, word for word, with the addresses of the values', () => {
  const read = (name: string): string => readFileSync(repositoryFile(`alertmanager/${name}`), 'utf8').trimEnd();
  for (const name of ['presage.tmpl', 'slack.tmpl', 'mail.tmpl']) expect(configMap.data?.[name].trimEnd()).toBe(read(`templates/${name}`));
  expect(configMap.data?.['alertmanager.yml'].trimEnd()).toBe(read('alertmanager.yml'));
  const define = /define "([^"]+)"/g;
  const names = (text = ''): readonly string[] => [...text.matchAll(define)].map(([, name]) => name);
  expect(names(configMap.data?.['addresses.tmpl'])).toEqual(names(read('templates/addresses.tmpl')));
  expect(configMap.data?.['addresses.tmpl']).toContain('https://grafana.example.org/');
  expect(own({ configuration: 'route: { receiver: mine }' })[0].data?.['alertmanager.yml'].trimEnd()).toBe('route: { receiver: mine }');
});

test('the first container runs the program of the image with the flags that it knows, and Alertmanager reads what it writes', () => {
  const { initContainers, containers } = podOf(set);
  const [{ args, command }] = initContainers;
  const dockerfile = readFileSync(repositoryFile('deploy/docker/Dockerfile'), 'utf8');
  expect(command).toEqual(['/nodejs/bin/node', '/app/alertmanager-config.js']);
  expect(dockerfile).toContain('/src/stack/dist/alertmanager-config.js ./alertmanager-config.js');
  const program = readFileSync(repositoryFile('stack/src/alertmanager/alertmanager-config.main.ts'), 'utf8');
  for (const arg of args) expect(program).toContain(`'${arg.slice(2).split('=')[0]}': {`);
  expect(containers[0].args).toContain('--config.file=/rendered/alertmanager.yml');
  expect(args).toContain('--output.file=/rendered/alertmanager.yml');
});

test('as it is mounted and rendered, amtool accepts it with its templates', async () => {
  const items = podOf(set).volumes.find(({ name }) => name === 'configuration')?.configMap?.items ?? [];
  expect(items.map(({ key }) => key).toSorted()).toEqual(Object.keys(configMap.data ?? {}).toSorted());
  mkdirSync(path.join(folder, 'templates'));
  for (const { key, path: place } of items) writeFileSync(path.join(folder, place), configMap.data?.[key] ?? '');
  const text = configMap.data?.['alertmanager.yml'] ?? '';
  const names = ['slack-url', 'smtp-password', 'webhook-token'].map((name) => secretPlace(name).variable);
  const environment = Object.fromEntries(names.map((name) => [name, 'https://secret.example.org/']));
  const replacements = { '/etc/alertmanager/': `${folder}/` };
  const rendered = renderAlertmanager(text, 'alertmanager.yml', { replacements, environment, missing: 'refuse' });
  writeFileSync(path.join(folder, 'alertmanager.yml'), rendered.text);
  const { amtool } = await findBinaries(testMachine());
  expect((await execute(amtool.path, ['check-config', path.join(folder, 'alertmanager.yml')])).output).toMatch(/1 templates\s+SUCCESS/);
});
