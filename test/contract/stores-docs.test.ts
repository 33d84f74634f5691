import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, test } from 'vitest';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';

const text = readFileSync(fileURLToPath(new URL('../../docs/stores.md', import.meta.url)), 'utf8');
const examples = [...text.matchAll(/^## (.+)\n[^]*?^```yaml\n([^]*?)^```$/gm)].map(([, store, yaml]) => ({ store, yaml }));
const known = { forecasters: ['auto'], detectors: ['auto'] };

test.each(examples)('the configuration for $store is one that is taken', ({ yaml }) => {
  expect(parseConfiguration(yaml, known)).toHaveProperty('configuration');
});

it('there is one for each store, and it says what its section is about', () => {
  const settings = examples.map(({ store, yaml }) => {
    const parsed = parseConfiguration(yaml, known);
    return [store, 'configuration' in parsed ? parsed.configuration.prometheus : parsed.faults];
  });
  expect(Object.fromEntries(settings)).toMatchObject({
    VictoriaMetrics: { url: 'http://victoria:8428' },
    Mimir: { headers: { 'X-Scope-OrgID': 'team-a' }, bearerTokenFile: '/etc/presage/mimir.token' },
    'Grafana Cloud': { basicAuth: { username: '123456' }, concurrency: 1 },
    Thanos: { parameters: { partial_response: 'false', dedup: 'true' } },
  });
});
