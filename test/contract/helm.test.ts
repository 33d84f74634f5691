import { Ajv } from 'ajv';
import { DaemonSet, Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1';
import { PodMonitor, PrometheusRule, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { execute } from '../../stack/src/execute.ts';
import { type Manifest, type Rendered, renderChart, valuesOf } from './helm.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const chart = join(root, 'deploy/helm/presage');
const examples = join(root, 'deploy/helm/examples');
const yamlOf = (file: string) => parse(readFileSync(file, 'utf8'));
const validateValues = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')));

const cases: readonly (readonly [name: string, values: Readonly<Record<string, unknown>>])[] = [
  ['nothing', {}],
  ...readdirSync(examples).map((file) => [file, yamlOf(join(examples, file))] as const),
  [
    'workers over Redis',
    { sidecar: { shards: 2, secret: 'redis', queue: { url: 'rediss://redis:6379', passwordKey: 'password' } }, workers: { replicas: 3 } },
  ],
  ['no exporter', { exporter: { enabled: false } }],
  [
    'everything off',
    {
      exporter: { enabled: false },
      monitor: { kind: 'None' },
      rules: { enabled: false },
      dashboards: { enabled: false },
      podDisruptionBudget: { enabled: false },
      serviceAccount: { create: false },
    },
  ],
  [
    'three shards in memory, by two labels',
    { sidecar: { shards: 3, shardLabels: ['cluster', 'instance'], persistence: { enabled: false } } },
  ],
  [
    'a secret, digests and pull secrets',
    { image: { pullSecrets: [{ name: 'registry' }] }, sidecar: { secret: 'prometheus', image: { digest: `sha256:${'0'.repeat(64)}` } } },
  ],
  [
    'other ports, flags and places',
    {
      exporter: { port: 9200, args: ['--collector.systemd'], priorityClassName: 'system-node-critical' },
      sidecar: { port: 8080, args: ['--log.level=debug'], nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }] },
    },
  ],
  ['a policy for one namespace', { networkPolicy: { enabled: true, from: [{ namespaceSelector: { matchLabels: { team: 'sre' } } }] } }],
  [
    'names of its own',
    { fullnameOverride: 'forecasts', dashboards: { annotations: { folder: 'Presage' } }, rules: { labels: { role: 'alerts' } } },
  ],
];

const rendered = new Map<unknown, Rendered>();
const render = (values: Readonly<Record<string, unknown>>): Rendered => {
  const known = rendered.get(values) ?? renderChart(chart, values);
  rendered.set(values, known);
  return known;
};

const models = {
  DaemonSet,
  Deployment,
  StatefulSet,
  NetworkPolicy,
  PodDisruptionBudget,
  ConfigMap,
  Service,
  ServiceAccount,
  PodMonitor,
  PrometheusRule,
  ServiceMonitor,
};
const isKnown = (kind: string): kind is keyof typeof models => kind in models;
const named = (manifests: readonly Manifest[], kind: string, name = 'presage'): Manifest => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const nameOf = ({ fullnameOverride }: Readonly<Record<string, unknown>>): string =>
  typeof fullnameOverride === 'string' ? fullnameOverride : 'presage';
const flat = (manifest: unknown): string => JSON.stringify(manifest);

test.each(cases)('with %s the values keep their schema and what is rendered is what Kubernetes takes', (_, values) => {
  expect(validateValues(valuesOf(chart, values)) ? [] : validateValues.errors).toEqual([]);
  const { manifests, notes } = render(values);
  expect(notes).toContain('remote_read:');
  expect(new Set(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(manifests.length);
  expect(manifests.flatMap((manifest) => faultsOf(manifest))).toEqual([]);
});

/** What Kubernetes' own schemas have against an object. */
function faultsOf(manifest: Manifest): readonly string[] {
  const { kind, metadata } = manifest;
  const bad = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(metadata.name) ? [] : [`${kind} ${metadata.name}: no name for an object`];
  if (!isKnown(kind)) return kind === 'VMServiceScrape' ? bad : [...bad, `${kind}: unknown`];
  try {
    Reflect.construct(models[kind], [manifest]).validate();
    return bad;
  } catch (error) {
    return [...bad, `${kind} ${metadata.name}: ${String(error)}`];
  }
}

test('no object has a field that Kubernetes does not know', async () => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'presage-helm-'));
  try {
    const seen = new Set<string>();
    const lines = cases.flatMap(([, values]) =>
      render(values).manifests.flatMap(({ kind, data, ...rest }) => {
        const line = `I${kind} = ${flat({ kind, ...rest, ...(data && { data: {} }) })};`;
        return isKnown(kind) && !seen.has(line) && seen.add(line) ? [line] : [];
      }),
    );
    const modules = {
      'kubernetes-models/apps/v1': ['DaemonSet', 'Deployment', 'StatefulSet'],
      'kubernetes-models/networking.k8s.io/v1': ['NetworkPolicy'],
      'kubernetes-models/policy/v1': ['PodDisruptionBudget'],
      'kubernetes-models/v1': ['ConfigMap', 'Service', 'ServiceAccount'],
      '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1': ['PodMonitor', 'PrometheusRule', 'ServiceMonitor'],
    };
    const imports = Object.entries(modules).map(
      ([from, kinds]) => `import type { ${kinds.map((kind) => `I${kind}`).join(', ')} } from '${from}';`,
    );
    const check = async (extra: readonly string[]) => {
      const objects = [...lines, ...extra].map((line, index) => `export const object${index}: ${line}`);
      writeFileSync(join(folder, 'rendered.ts'), [...imports, ...objects].join('\n'));
      const words = [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--target',
        'es2022',
        '--module',
        'preserve',
        '--types',
        '',
        join(folder, 'rendered.ts'),
      ];
      return (await execute(join(root, 'node_modules/.bin/tsc'), words, { accept: [1, 2] })).output;
    };
    expect(await check([])).toBe('');
    expect(await check(['IService = { kind: "Service", apiVersion: "v1", spec: { imagined: 1 } };'])).toContain('imagined');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

test.each([
  ['an unknown key', { sidecars: {} }, 'must NOT have additional properties'],
  ['workers without a queue', { workers: { replicas: 2 } }, 'must NOT have fewer than 1 characters'],
  ['no shards', { sidecar: { shards: 0 } }, 'must be >= 1'],
  ['a monitor of another kind', { monitor: { kind: 'Probe' } }, 'must be equal to one of the allowed values'],
  ['a port as text', { exporter: { port: '9100' } }, 'must be integer'],
  ['no watches', { sidecar: { configuration: { watches: [] } } }, 'must NOT have fewer than 1 items'],
])('the schema of the values refuses %s', (_, values, message) => {
  expect(validateValues(valuesOf(chart, values))).toBe(false);
  expect(validateValues.errors?.map((each) => each.message)).toContain(message);
});

test('rules and dashboards are those of provisioning/, word for word', () => {
  const { manifests } = renderChart(chart, {});
  const rules = readdirSync(join(root, 'provisioning/prometheus/rules')).filter((file) => file.endsWith('.yml'));
  expect(rules.length).toBeGreaterThan(3);
  for (const file of rules)
    expect(named(manifests, 'PrometheusRule', `presage-${file.replace('.yml', '')}`).spec).toEqual(
      yamlOf(join(root, 'provisioning/prometheus/rules', file)),
    );
  const dashboards = readdirSync(join(root, 'provisioning/grafana/dashboards')).filter((file) => file.endsWith('.json'));
  expect(dashboards.length).toBeGreaterThan(3);
  for (const file of dashboards) {
    const { data } = named(manifests, 'ConfigMap', `presage-dashboard-${file.replace('.json', '')}`);
    expect(data?.[file].trimEnd()).toBe(readFileSync(join(root, 'provisioning/grafana/dashboards', file), 'utf8').trimEnd());
  }
});

test('the configuration that is rendered is one that presage check accepts', async () => {
  const folder = mkdtempSync(join(root, 'node_modules/.cache/presage-helm-'));
  try {
    for (const [index, [, values]] of cases.entries()) {
      const file = join(folder, `${index}.yml`);
      writeFileSync(file, named(render(values).manifests, 'ConfigMap', nameOf(values)).data?.['presage.yml'] ?? '');
    }
    const { parseConfiguration } = await import('../../ml-sidecar/src/configuration/parse.ts');
    const { forecasters } = await import('../../ml-sidecar/src/forecasters/index.ts');
    const { detectors } = await import('../../ml-sidecar/src/detectors/index.ts');
    const { plugins } = await import('../../ml-sidecar/src/plugins/index.ts');
    const known = { forecasters: forecasters.map(({ name }) => name), detectors: detectors.map(({ name }) => name), plugins };
    for (const file of readdirSync(folder))
      expect(parseConfiguration(readFileSync(join(folder, file), 'utf8'), known)).toHaveProperty('configuration');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('shards know their number, and each is asked for its future', () => {
  const { manifests, notes } = renderChart(chart, { sidecar: { shards: 3, shardLabels: ['cluster', 'instance'] } });
  const text = flat(named(manifests, 'StatefulSet'));
  for (const wanted of [
    '"replicas":3',
    '--shard=$(POD_INDEX)/3',
    '--shard.labels=cluster',
    '--shard.labels=instance',
    'apps.kubernetes.io/pod-index',
  ])
    expect(text).toContain(wanted);
  expect(notes.match(/presage-\d\.presage-shards\.monitoring\.svc:9867\/api\/v1\/read/g)).toHaveLength(3);
  expect(flat(named(renderChart(chart, {}).manifests, 'StatefulSet'))).not.toContain('--shard');
});

test('every flag of a container is documented', () => {
  const docs = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const flags = cases.flatMap(([, values]) =>
    [...flat(render(values).manifests.filter(({ kind }) => /Set$|^Deployment$/.test(kind))).matchAll(/"--([a-z][\w.-]*)/g)].map(
      ([, flag]) => flag,
    ),
  );
  for (const flag of new Set(flags)) expect(docs).toMatch(new RegExp(`\`(--)?(\\[no-\\])?${flag.replaceAll('.', '\\.')}[\`=]`));
});

test('containers hold no privilege, and write to their own volume alone', () => {
  const sets = cases.flatMap(([, values]) => render(values).manifests.filter(({ kind }) => /Set$|^Deployment$/.test(kind)));
  expect(sets.length).toBeGreaterThan(cases.length);
  const security = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
  const pod = {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ securityContext: security, resources: { limits: { memory: expect.any(String) } } }],
  };
  for (const { spec } of sets) expect(spec).toMatchObject({ template: { spec: pod } });
});

test('a monitor of VictoriaMetrics names its fields as its operator does', () => {
  const { manifests } = render(cases.find(([name]) => name === 'victoria-metrics.yaml')?.[1] ?? {});
  expect(named(manifests, 'VMServiceScrape').spec).toMatchObject({
    endpoints: [{ port: 'http', honorLabels: true, relabelConfigs: [{ target_label: 'job', replacement: 'presage' }] }],
  });
});

test('a fault in the chart is found', () => {
  expect(faultsOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'X y', labels: {} }, spec: { ports: 'no' } })).toHaveLength(2);
});
