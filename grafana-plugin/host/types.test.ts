import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(['grafana-12', 'grafana-11'])('the panel compiles against the types of %s', { timeout: 120_000 }, (version) => {
  const { stdout } = spawnSync(`${root}node_modules/.bin/tsc`, ['-p', `${root}grafana-plugin/host/${version}`], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
