import { silentLogger } from '@presage/service/log.ts';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRunner } from './scrape/runner.ts';
import { readExposition } from './testing/exposition-lines.ts';
import { startWith } from './testing/fixture-host.ts';
import { hostOf, readSystem, recordedSystems } from './testing/recorded-system.ts';

async function exposition(name: string, words: readonly string[] = []): Promise<string> {
  const machine = readSystem(name);
  const { host, clear } = hostOf(machine);
  const { text } = await createRunner(host, startWith(words, machine.platform), silentLogger).scrape(5);
  clear();
  return text;
}

// Renewed by `npx vitest run --project unit exporter/src/systems.golden.test.ts -u`, then read in review.
describe('the exposition of a machine of testdata/systems', () => {
  it.each(recordedSystems())('%s is as in testdata/golden-systems', async (name) => {
    const text = (await exposition(name)).replace(
      /^node_scrape_collector_duration_seconds.* (\S+)$/gm,
      (line, value) => line.slice(0, -value.length) + '0',
    );
    await expect(text).toMatchFileSnapshot(`../testdata/golden-systems/${name}.prom`);
  });
});

describe('the dashboard Node Exporter Full and the node mixin', () => {
  const list = fileURLToPath(new URL('../../../shared/exporter/dashboard-metrics.txt', import.meta.url));
  /** The names of that list that Linux lacks. */
  const wanted = ['available', 'compressed', 'internal', 'purgeable', 'total', 'wired'].map((kind) => `node_memory_${kind}_bytes`);

  it.skipIf(!existsSync(list))('names these six of macOS', () => {
    expect(readFileSync(list, 'utf8').split('\n')).toEqual(expect.arrayContaining(wanted));
  });

  it.each(['macos-apple-silicon', 'macos-intel'])('find them on %s', async (name) => {
    const names = readExposition(await exposition(name)).map((family) => family.name);
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});

describe('the flags of another system', () => {
  it.each([
    ['darwin', ['--collector.systemd'], '--collector.systemd: got a collector that macOS does not have, want one of boottime, cpu, '],
    ['win32', ['--collector.loadavg'], '--collector.loadavg: got a collector that Windows does not have, want one of boottime, cpu, '],
    ['linux', ['--collector.thermal'], '--collector.thermal: got a collector that Linux does not have, want one of arp, '],
  ])('on %s %j are refused where they switch a collector on', (platform, words, fault) => {
    expect(() => startWith(words, platform)).toThrow(fault);
  });

  it('are taken where they do not, and choose collectors as everywhere', () => {
    const words = ['--no-collector.systemd', '--collector.netstat.fields=x', '--collector.disable-defaults', '--collector.cpu'];
    expect(startWith(words, 'darwin').map(({ name }) => name)).toEqual(['cpu']);
    expect(startWith(['--no-collector.netdev'], 'win32').map(({ name }) => name)).not.toContain('netdev');
  });

  it('choose devices', async () => {
    const text = await exposition('macos-intel', [
      '--collector.netdev.device-exclude=^lo',
      '--collector.filesystem.mount-points-include=^/$',
    ]);
    expect(text).not.toContain('device="lo0"');
    expect(text.match(/^node_filesystem_size_bytes.*$/gm)).toEqual([expect.stringContaining('mountpoint="/"')]);
  });
});
