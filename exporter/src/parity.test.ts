import { silentLogger } from '@presage/service/log.ts';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { collectors } from './collectors/index.ts';
import { closeHost } from './host/host.ts';
import { createRunner } from './scrape/runner.ts';
import { createSelfMetrics } from './serve/self-metrics.ts';
import { readExposition, type FamilyText } from './testing/exposition-lines.ts';
import { archivedCollectors, hostOver, startOne, startWith, unpack } from './testing/fixture-host.ts';

const tree = unpack(archivedCollectors());
afterAll(tree.clear);

// Lists of names: reference data beside the repository, not in it.
const shared = fileURLToPath(new URL('../../../shared/exporter/', import.meta.url));
const absent = ['families-1.12.tsv', 'dashboard-metrics.txt'].filter((file) => !existsSync(shared + file)).map((file) => shared + file);
if (absent.length > 0) console.log(`skipped: parity with node_exporter 1.12: no ${absent.join(', no ')}`);

const listOf = (file: string) =>
  readFileSync(shared + file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Everything that the exporter shows of the fixture host, each collector with its own flags, and of itself. */
async function everything(): Promise<Map<string, FamilyText>> {
  const host = hostOver(tree.root);
  const started = collectors.map(({ collector }) => startOne(collector.name));
  const more = startWith(['--collector.disable-defaults', '--collector.netstat', '--collector.netstat.fields=^Tcp_MaxConn$']);
  const { text } = await createRunner(host, started, silentLogger).scrape(10);
  const other = await createRunner(host, more, silentLogger).scrape(10);
  closeHost(host);
  const self = createSelfMetrics({ version: '1', revision: 'r', node: '20.20.0', platform: 'linux', architecture: 'amd64' }, true, {
    procfs: '/proc',
    usage: () => ({ user: 0, system: 0, resident: 0 }),
  });
  const own = self.write();
  self.close();
  return new Map([other.text, own, text].flatMap(readExposition).map((family) => [family.name, family]));
}

/** Families of the list that are no property of a collector: from the test files of node_exporter's own tests. */
const NOT_OURS = /^testmetric\d_\d$/;

describe.skipIf(absent.length > 0)('node_exporter 1.12', () => {
  it('shows no family of a collector that is on by default which this exporter lacks, types otherwise or labels otherwise', async () => {
    const ours = await everything();
    const wrong = listOf('families-1.12.tsv')
      .slice(1)
      .map((line) => line.split('\t'))
      .filter(([name, , , , on]) => on === 'on' && !NOT_OURS.test(name))
      .flatMap(([name, type, labels]) => {
        const family = ours.get(name);
        if (family === undefined) return [`${name}: missing`];
        if (family.type !== type) return [`${name}: got ${family.type}, want ${type}`];
        const known = new Set(family.samples.flatMap((sample) => [...sample.labels.keys()]));
        const lacking = labels.split(',').filter((label) => label !== '' && !known.has(label));
        return lacking.length === 0 ? [] : [`${name}: lacks the labels ${lacking.join()}`];
      });
    expect(wrong).toEqual([]);
  });
});

/** Names of macOS. */
const ELSEWHERE = new Set(
  ['available', 'compressed', 'internal', 'purgeable', 'total', 'wired'].map((kind) => `node_memory_${kind}_bytes`),
);

describe.skipIf(absent.length > 0)('the dashboard Node Exporter Full and the node mixin', () => {
  it('use no name that the exporter lacks on Linux', async () => {
    const ours = await everything();
    const names = listOf('dashboard-metrics.txt').filter((name) => !ELSEWHERE.has(name));
    const known = (name: string) => ours.has(name) || ours.has(`${name}_total`) || ours.has(name.replace(/_(?:bucket|sum|count)$/, ''));
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter((name) => !known(name))).toEqual([]);
  });
});
