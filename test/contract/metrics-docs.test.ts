import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { repositoryFile } from './machine.ts';
import { metricsDocs } from './metrics-docs.ts';

const file = repositoryFile('docs/metrics.md');

test('docs/metrics.md says what the programs serve (renewed by -u)', async () => {
  await expect(await metricsDocs()).toMatchFileSnapshot(file);
}, 60_000);

test('no metric that the sidecar names is missing from it', () => {
  const known = readFileSync(file, 'utf8');
  const folder = repositoryFile('ml-sidecar/src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((one) => /(?<!\.(test|fixture))\.ts$/.test(one));
  const named = sources.flatMap((one) =>
    [...readFileSync(`${folder}/${one}`, 'utf8').matchAll(/'(presage_[a-z0-9_]+)/g)].map((match) => match[1]),
  );
  expect(named.length).toBeGreaterThan(20);
  expect([...new Set(named)].filter((name) => !known.includes(`\`${name}`))).toEqual([]);
});
