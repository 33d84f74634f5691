import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { findBinaries } from '../../stack/src/binaries.ts';
import { execute } from '../../stack/src/execute.ts';
import { repositoryFile, testMachine } from './machine.ts';

const folder = repositoryFile('provisioning/prometheus/pair');
const gauges = [...readFileSync(repositoryFile('ml-sidecar/src/serve/metrics.ts'), 'utf8').matchAll(/^ {2}(presage_\w+):/gm)].map(
  ([, name]) => name,
);

it('every gauge of a pair is put together under its own name, and renamed where it is scraped', () => {
  expect(gauges.length).toBeGreaterThan(10);
  const { groups }: { groups: { rules: { record: string; expr: string }[] }[] } = parse(readFileSync(`${folder}/rules.yml`, 'utf8'));
  const records = groups.flatMap(({ rules }) => rules);
  expect(new Set(records.map(({ record }) => record))).toEqual(new Set(gauges));
  for (const { record, expr } of records) expect(expr).toContain(`replica:${record}`);
  const [job]: readonly { metric_relabel_configs: { regex: string }[] }[] = parse(readFileSync(`${folder}/scrape.yml`, 'utf8'));
  const renamed = new RegExp(`^(?:${job.metric_relabel_configs[0].regex})$`);
  expect(gauges.filter((name) => !renamed.test(name))).toEqual([]);
  for (const own of ['presage_watch_up', 'presage_build_info', 'presage_limits_total']) expect(own).not.toMatch(renamed);
});

it('the rules of a pair pass their unit tests', async () => {
  const { promtool } = await findBinaries(testMachine());
  const { output } = await execute(promtool.path, ['test', 'rules', `${folder}/tests.yml`]);
  expect(output).toContain('SUCCESS');
}, 60_000);
