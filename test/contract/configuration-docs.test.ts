import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseWebConfig } from '../../service/src/web/config-file.ts';
import { configurationDocs } from './configuration-docs.ts';

it('docs/configuration.md says what the programs parse by (renewed by -u)', async () => {
  await expect(await configurationDocs()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)));
}, 60_000);

const webDocs = readFileSync(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)), 'utf8').split(
  '## Web configuration\n',
)[1];

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
