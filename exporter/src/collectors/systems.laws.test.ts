import { silentLogger } from '@presage/service/log.ts';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../scrape/runner.ts';
import { readExposition } from '../testing/exposition-lines.ts';
import { startWith } from '../testing/fixture-host.ts';
import { hostOf, readSystem, recordedSystems } from '../testing/recorded-system.ts';
import { collectorsOn } from './platforms.ts';

async function scrape(machine: string, collector: string, change?: (sample: unknown) => unknown, times = 1) {
  const recorded = readSystem(machine);
  const { host, clear } = hostOf(recorded, change);
  const runner = createRunner(
    host,
    startWith(['--collector.disable-defaults', `--collector.${collector}`], recorded.platform),
    silentLogger,
  );
  let text = '';
  for (let time = 0; time < times; time += 1) ({ text } = await runner.scrape(5));
  clear();
  const all = readExposition(text);
  return {
    families: all.filter(({ name }) => !name.startsWith('node_scrape_')),
    success: all.find(({ name }) => name === 'node_scrape_collector_success')?.samples[0].value,
  };
}

const machines = recordedSystems().map((machine) => ({ machine, ...collectorsOn(readSystem(machine).platform) }));
const cases = machines.flatMap(({ machine, system, listed }) =>
  listed.map(({ collector }) => ({ machine, name: collector.name, collector, folder: system === 'macOS' ? 'darwin' : 'windows' })),
);
/** What these machines have nothing of. */
const NOTHING = new Set(['macos-apple-silicon thermal', 'macos-intel powersupplyclass', 'windows-server powersupplyclass']);

describe('the lists of collectors of other systems', () => {
  it.each(machines)('name each collector of $machine once, in order', ({ listed }) => {
    const names = listed.map(({ collector }) => collector.name);
    expect(names).toEqual([...new Set(names)].sort());
  });
  it('say what is sampled, so that nobody asks for what is not', () => {
    for (const { machine, listed } of machines)
      for (const { collector } of listed)
        for (const source of collector.sources) expect(Object.keys(readSystem(machine).samples)).toContain(source);
  });
});

describe.each(cases)('collector $name on $machine', ({ machine, name, collector, folder }) => {
  it('is named as its file and its flags', () => {
    const files = [`./${folder}/${name}.ts`, `./darwin/${name}.ts`, `./${name}.ts`];
    expect(files.some((file) => existsSync(new URL(file, import.meta.url)))).toBe(true);
    for (const flag of Object.keys(collector.flags)) expect(flag).toMatch(new RegExp(`^collector\\.(${name}|powersupply)\\.[a-zA-Z.-]+$`));
  });

  it('shows well-formed families, the same again at the second scrape', async () => {
    const { families, success } = await scrape(machine, name);
    expect(success).toBe(machine === 'macos-apple-silicon' && name === 'thermal' ? 0 : 1);
    expect(families.length > 0).toBe(!NOTHING.has(`${machine} ${name}`));
    for (const family of families) {
      expect(family.name).toMatch(/^node_[a-zA-Z0-9_]+$/);
      expect(new Set(family.samples.map((sample) => [...sample.labels.keys()].join())).size).toBe(1);
      for (const sample of family.samples) expect(sample.value).not.toBeNaN();
    }
    expect((await scrape(machine, name, undefined, 2)).families).toEqual(families);
  });

  it('fails alone before the first sample', async () => {
    const { success } = await scrape(machine, name, () => undefined);
    expect(success).toBe(collector.sources.length > 0 ? 0 : 1);
  });

  it.each([
    ['nothing', null],
    ['an empty text', ''],
    ['a text of something else', 'command not found\n<Link#1> 1 2\n"Statistics" = {"x"=1}'],
    ['an empty object', {}],
    ['an object of something else', { hasBattery: true, percent: 'much', swaptotal: [], timeRemaining: {} }],
    ['an empty list', []],
    [
      'a list of something else',
      [
        { iface: 7, mount: null, size: '1', rx_bytes: -1 },
        { iface: '"\n', mount: '/', fs: '\\' },
      ],
    ],
    ['a list of numbers', [1, 2]],
  ])('writes a well-formed exposition, or fails alone, where it is answered with %s', async (_, answer) => {
    const { families, success } = await scrape(machine, name, () => answer);
    expect([0, 1]).toContain(success);
    for (const family of families) for (const sample of family.samples) expect(sample.value).not.toBeNaN();
  });
});
