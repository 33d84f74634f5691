import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExposition, type FamilyText } from '../../exporter/src/testing/exposition-lines.ts';
import { findTestProgram } from '../../stack/src/binaries.ts';
import type { UnversionedProgram } from '../../stack/src/binaries/program.ts';
import { testMachine } from '../contract/machine.ts';
import { answers, type StartedProgram, startProgram } from './started-program.ts';

// The real node_exporter and ours on this very host: what the one shows the other shows.
const NAME = 'prometheus-node-exporter';
const found = await findTestProgram(testMachine(), NAME).catch((error: unknown) => String(error));
if (typeof found === 'string') console.log(`skipped: the comparison with the real node_exporter: ${found}`);

const ours: UnversionedProgram = {
  path: process.execPath,
  args: [fileURLToPath(new URL('../../exporter/bin/presage-exporter.js', import.meta.url))],
  environment: {},
  origin: 'this repository',
};

/** Off by default on both sides, but shown by dashboards, and those that this host has something for. */
const MORE =
  'buddyinfo cgroups drbd interrupts ksmd lnstat meminfo_numa mountstats processes qdisc slabinfo sysctl tcpstat wifi zoneinfo'.split(' ');

/** Of the programs themselves: what Go and Node say of their runtimes differs by nature. */
const OWN = /^(go|nodejs|promhttp|process|presage)_/;

describe.skipIf(typeof found === 'string')('beside the real node_exporter', () => {
  const running: StartedProgram[] = [];
  let theirs = new Map<string, FamilyText>();
  let own = new Map<string, FamilyText>();

  beforeAll(async () => {
    if (typeof found === 'string') return;
    const args = (port: number) => [`--web.listen-address=127.0.0.1:${port}`, ...MORE.map((name) => `--collector.${name}`)];
    const ready = (url: string) => answers(`${url}/metrics`);
    for (const program of [found, ours]) running.push(await startProgram(program, { args, ready }));
    [theirs, own] = await Promise.all(running.map(({ url }) => scrape(url)));
  });

  afterAll(async () => {
    await Promise.all(running.map((program) => program.stop()));
  });

  it('shows every family that it shows, with its type and label names', () => {
    const wrong = [...theirs.values()]
      .filter(({ name }) => !OWN.test(name))
      .flatMap(({ name, type, samples }) => {
        const family = own.get(name);
        if (family === undefined) return [`${name}: missing`];
        const known = labelNames(family);
        const lacking = [...labelNames({ ...family, samples })].filter((label) => !known.has(label));
        if (family.type !== type) return [`${name}: got ${family.type}, want ${type}`];
        return lacking.length === 0 ? [] : [`${name}: lacks the labels ${lacking.join()}`];
      });
    expect(theirs.size).toBeGreaterThan(150);
    expect(wrong).toEqual([]);
  });

  it('succeeds wherever it succeeds', () => {
    const failing = (families: ReadonlyMap<string, FamilyText>) =>
      new Map(
        families.get('node_scrape_collector_success')?.samples.map(({ labels, value }) => [labels.get('collector') ?? '', value] as const),
      );
    const mine = failing(own);
    expect([...failing(theirs)].filter(([name, success]) => success === 1 && mine.get(name) !== 1)).toEqual([]);
  });
});

const labelNames = (family: FamilyText) => new Set(family.samples.flatMap(({ labels }) => [...labels.keys()]));

async function scrape(url: string): Promise<Map<string, FamilyText>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map(readExposition(text).map((family) => [family.name, family]));
}
