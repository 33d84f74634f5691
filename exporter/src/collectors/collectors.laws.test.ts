import { silentLogger } from '@presage/service/log.ts';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createHelper, type Helper } from '../host/helper.ts';
import { closeHost } from '../host/host.ts';
import { createRunner } from '../scrape/runner.ts';
import { readExposition, type FamilyText } from '../testing/exposition-lines.ts';
import { archivedCollectors, hostOver, readArchive, startOne, unpack, type FixtureTree } from '../testing/fixture-host.ts';
import { buildHelperWorker } from '../testing/helper-worker.ts';
import { collectors } from './index.ts';

const trees: FixtureTree[] = [];
const clear = () => trees.splice(0).forEach((tree) => tree.clear());

const unpacked = (names: readonly string[], change?: (text: string) => string) => {
  const tree = unpack(names, change);
  trees.push(tree);
  return tree.root;
};

const worker = buildHelperWorker();
afterAll(worker.clear);

/** The real helper process, on paths relative to a folder. */
function killableHelper(root: string): Helper {
  const helper = createHelper(worker.file);
  return {
    ...helper,
    list: (path, timeout) => helper.list(resolve(root, path), timeout),
    read: (path, timeout, most) => helper.read(resolve(root, path), timeout, most),
  };
}

/** Milliseconds that a busy machine may be late with a timer. */
const TIMER_SLACK = 500;

const [whole, empty] = [unpacked(archivedCollectors()), unpacked([])];
const lasting = trees.splice(0);
afterEach(clear);
afterAll(() => lasting.forEach((tree) => tree.clear()));

/** Scrapes one collector `times` times; gives its own families of the last scrape, its success and the descriptors left open. */
async function scrape(name: string, root: string, times = 1): Promise<{ families: FamilyText[]; success: number; open: number }> {
  const host = hostOver(root);
  const runner = createRunner(host, [startOne(name)], silentLogger);
  let text = '';
  let duplicates = 0;
  for (let time = 0; time < times; time += 1) ({ text, duplicates } = await runner.scrape(5));
  const families = readExposition(text);
  const open = host.proc.openDescriptors + host.sys.openDescriptors;
  closeHost(host);
  expect(duplicates).toBe(0);
  return {
    families: families.filter((family) => !family.name.startsWith('node_scrape_')),
    success: families.find((family) => family.name === 'node_scrape_collector_success')!.samples[0].value,
    open,
  };
}

/** Flags that node_exporter names otherwise than their collector. */
const OTHER_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  netclass: ['netclass_rtnl'],
  powersupplyclass: ['powersupply'],
  qdisc: ['qdisk'],
};

describe('the list of collectors', () => {
  it('names each collector once, in order', () => {
    const names = collectors.map(({ collector }) => collector.name);
    expect(names).toEqual([...new Set(names)].sort());
  });
});

describe.each(collectors.map(({ collector }) => ({ collector, name: collector.name })))('collector $name', ({ collector, name }) => {
  it('is named as its file, its flags and its fixture', () => {
    expect(name).toMatch(/^[a-z0-9_]+$/);
    expect(existsSync(new URL(`./${name.replaceAll('_', '-')}.ts`, import.meta.url))).toBe(true);
    const prefixes = [name, ...(OTHER_PREFIXES[name] ?? [])].join('|');
    for (const flag of Object.keys(collector.flags)) expect(flag).toMatch(new RegExp(`^collector\\.(${prefixes})\\.[a-zA-Z.-]+$`));
    expect(archivedCollectors()).toContain(name);
  });

  it('shows well-formed families of its own on the fixture host', async () => {
    const { families, success } = await scrape(name, whole);
    expect(success).toBe(1);
    expect(families.length).toBeGreaterThan(0);
    for (const family of families) {
      expect(family.name).toMatch(/^node_[a-zA-Z0-9_]+$/);
      expect(family.samples.length).toBeGreaterThan(0);
      const labelNames = family.samples.map((sample) =>
        [...sample.labels.keys()].filter((label) => label !== 'le' && label !== 'quantile').join(),
      );
      expect(new Set(labelNames).size, `label names of ${family.name}`).toBe(1);
    }
  });

  it('says the same again at the second scrape and keeps no more descriptors', async () => {
    const once = await scrape(name, whole, 1);
    const often = await scrape(name, whole, 5);
    expect(often.families).toEqual(once.families);
    expect(often.open).toBe(once.open);
  });

  it('fails alone, without a throw, on a host that has nothing', async () => {
    const { families } = await scrape(name, empty);
    for (const family of families) expect(family.samples.length).toBeGreaterThan(0);
  });

  it.each([
    ['nobody has open', false],
    ['a silent writer has open', true],
  ] as const)('ends before its deadline where its files are FIFOs that %s', async (_, opened) => {
    const root = unpacked([name]);
    const fifos = readArchive(name).files.flatMap(({ path, target }) => (target === undefined ? [`${root}/${path}`] : []));
    for (const fifo of fifos) rmSync(fifo);
    if (fifos.length > 0) execFileSync('mkfifo', fifos);
    const writers = (opened ? fifos : []).map((fifo) => openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK));
    const host = hostOver(root, killableHelper(root));
    const begun = performance.now();
    const { text } = await createRunner(host, [startOne(name)], silentLogger).scrape(1);
    expect(performance.now() - begun).toBeLessThan(1000 + TIMER_SLACK);
    closeHost(host);
    writers.forEach(closeSync);
    expect(readExposition(text).length).toBeGreaterThan(0);
  });

  it.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['binary', () => '\u0000\u0001\uFFFD"\\{} 12 \n-- x\n\n'],
    ['doubled', (text: string) => text + text],
  ] as const)('writes a well-formed exposition, or fails alone, where its files are %s', async (_, spoil) => {
    const root = unpacked([name], spoil);
    const host = hostOver(root);
    const { text } = await createRunner(host, [startOne(name)], silentLogger).scrape(5);
    closeHost(host);
    for (const family of readExposition(text)) for (const sample of family.samples) expect(sample.value).not.toBeUndefined();
  });
});
