import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';
import { parseWebConfig } from '../../service/src/web/config-file.ts';
import { configurationDocs } from './configuration-docs.ts';

it('docs/configuration.md says what the programs parse by (renewed by -u)', async () => {
  await expect(await configurationDocs()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)));
}, 60_000);

const docs = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8');
const webDocs = docs.split('## Web configuration\n')[1];

it('what the table calls default is what counts where nothing is said', () => {
  const known = { forecasters: ['auto'], detectors: ['auto'] };
  const needed = { prometheus: { url: 'http://127.0.0.1:9090' }, watches: [{ name: 'w', expr: 'up' }] };
  const keys = [...docs.matchAll(/^\| `((?:prometheus|defaults|hosts|api|metrics)\.[\w.]+)` \|[^|]*\| `([^`]+)` \|/gm)];
  expect(keys.length).toBeGreaterThan(25);
  // Written out one by one, in the flow form of YAML.
  const said = keys.map(([, path, value]) => path.split('.').reduceRight((inner, key) => `{ ${key}: ${inner} }`, value));
  const parsed = said.map((text) => parseConfiguration(stringify(merged(needed, parse(text))), known));
  const bare = parseConfiguration(stringify(needed), known);
  expect(bare).toHaveProperty('configuration');
  expect(parsed).toEqual(keys.map(() => bare));
});

/** One within the other, key by key. */
function merged(into: object, more: object): object {
  const all: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(more)) {
    const own = all[key];
    all[key] = typeof own === 'object' && own !== null && typeof value === 'object' && value !== null ? merged(own, value) : value;
  }
  return all;
}

it('the example of a web configuration file is one that is taken', () => {
  const example = /^```yaml\n([^]*?)^```$/m.exec(webDocs)?.[1] ?? '';
  expect(parseWebConfig(example, 'web.yml')).toMatchObject({
    tls_server_config: { min_version: 'TLSv1.3', client_allowed_sans: ['prometheus.example.org'] },
    rate_limit: { interval: 0.1, burst: 20 },
  });
});

it('every key of a web configuration file has its row', () => {
  const rows = new Set(
    [...webDocs.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names]) =>
      [...names.matchAll(/`([^`]+)`/g)].map((match) => match[1].split('.').at(-1)),
    ),
  );
  const { tls_server_config: tls, http_server_config: http, rate_limit: limit } = parseWebConfig('{}', 'web.yml');
  const keys = [...Object.keys(tls), ...Object.keys(http), ...Object.keys(limit), 'basic_auth_users'];
  expect(rows).toEqual(new Set(keys));
});
