import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createShard } from '../../ml-sidecar/src/watch/shard.ts';
import { startPrometheus } from './started-parts.ts';
import { serve, type StartedProgram, type TestServer, until } from './started-program.ts';

const counts = [1, 2, 3, 4, 5, 6, 7] as const;
const wholeFleet = Array.from({ length: 400 }, (_, i) => ({ instance: `10.${i % 7}.${i}.9:9${i}`, job: `job-${i % 5}` }));
const odd = [{ instance: 'Grüße, 世界 🚀' }, { instance: 'a;b', job: 'c' }, { instance: 'a', job: 'b;c' }, { job: 'without' }, {}];
const series: readonly Readonly<Record<string, string>>[] = [...wholeFleet, ...odd].map((labels, i) => ({ ...labels, id: String(i) }));
const folder = mkdtempSync(join(tmpdir(), 'presage-shards-'));
let target: TestServer;
let prometheus: StartedProgram;

beforeAll(async () => {
  const lines = series.map((labels) => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `m{${pairs.join(',')}} 1\n`;
  });
  target = await serve((_request, _body, response) => response.setHeader('Content-Type', 'text/plain; version=0.0.4').end(lines.join('')));
  writeFileSync(join(folder, 'prometheus.yml'), configuration(target.address));
  prometheus = await startPrometheus(folder);
});

afterAll(async () => {
  await prometheus.stop();
  await target.close();
  rmSync(folder, { recursive: true });
});

it("gives every series to the shard that Prometheus' hashmod names", async () => {
  let found: readonly { readonly metric: Readonly<Record<string, string>> }[] = [];
  const read = async (): Promise<boolean> => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=m`);
    const { data }: { data: { result: typeof found } } = JSON.parse(await answer.text());
    found = data.result;
    return found.length === series.length;
  };
  await until(read, 60, 'a scrape');
  const ours = found.map(({ metric }) =>
    Object.fromEntries(
      counts.flatMap((count) => [
        [`by_instance_${count}`, shardOf(metric, count, ['instance'])],
        [`by_both_${count}`, shardOf(metric, count, ['job', 'instance'])],
      ]),
    ),
  );
  expect(ours).toEqual(found.map(({ metric }) => Object.fromEntries(Object.entries(metric).filter(([name]) => name.startsWith('by_')))));
  expect(new Set(ours.map((one) => one['by_instance_7'])).size).toBe(7);
});

function shardOf(labels: Readonly<Record<string, string>>, count: number, by: readonly string[]): string {
  return counts
    .map((_, index) => index)
    .filter((index) => index < count && createShard({ index, count, labels: by }).owns(labels))
    .join();
}

/** Marks every series with its shard, for each number of shards, as a set-up that shards its scrapes does. */
function configuration(address: string): string {
  const rules = counts.flatMap((count) => [
    `      - { source_labels: [instance], modulus: ${count}, target_label: by_instance_${count}, action: hashmod }`,
    `      - { source_labels: [job, instance], modulus: ${count}, target_label: by_both_${count}, action: hashmod }`,
  ]);
  return `
scrape_configs:
  - job_name: m
    scrape_interval: 1s
    honor_labels: true
    static_configs: [{ targets: ['${address}'] }]
    metric_relabel_configs:
${rules.join('\n')}
`;
}
