import { silentLogger } from '@presage/service/log.ts';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { collectors } from './collectors/index.ts';
import { createHost } from './host/host.ts';
import { createRunner } from './scrape/runner.ts';
import { helperIn, startWith } from './testing/fixture-host.ts';

// The fixture tree of node_exporter 1.5.0 with its golden output: reference data beside the repository, not in it.
const shared = fileURLToPath(new URL('../../../shared/exporter', import.meta.url));
const archive = join(shared, 'fixtures-1.5.0.tar.gz');
const absent = existsSync(archive) ? '' : `no ${archive}`;
if (absent !== '') console.log(`skipped: the comparison with node_exporter 1.5.0: ${absent}`);

/** Collectors that the golden output was made without. */
const WITHOUT = ['filesystem', 'selinux', 'timex', 'uname'];
/** Collectors that are off by default and were on for the golden output. */
const WITH =
  'bonding buddyinfo cgroups drbd interrupts ksmd lnstat meminfo_numa mountstats processes qdisc slabinfo sysctl wifi zoneinfo'.split(' ');
const FLAGS = [
  '--collector.textfile.directory=fixtures/textfile/two_metric_files/',
  '--collector.wifi.fixtures=fixtures/wifi',
  '--collector.qdisc.fixtures=fixtures/qdisc/',
  '--collector.qdisk.device-include=(wlan0|eth0)',
  '--collector.arp.device-exclude=nope',
  '--collector.netclass.ignored-devices=(dmz|int)',
  '--collector.netclass.ignore-invalid-speed',
  '--collector.netdev.device-include=lo',
  '--collector.bcache.priorityStats',
  '--collector.cpu.info',
  '--collector.cpu.info.bugs-include=^(cpu_meltdown|spectre_.*|mds)$',
  '--collector.cpu.info.flags-include=^(aes|avx.?|constant_tsc)$',
  '--collector.stat.softirq',
  '--collector.sysctl.include=kernel.threads-max',
  '--collector.sysctl.include=fs.file-nr',
  '--collector.sysctl.include=fs.file-nr:total,current,max',
  '--collector.sysctl.include-info=kernel.seccomp.actions_avail',
];

describe.skipIf(absent !== '')('the fixture tree of node_exporter 1.5.0', () => {
  const folder = mkdtempSync(join(tmpdir(), 'presage-golden-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives every golden series of the collectors that exist, with its value and type, and nothing more', async () => {
    expect(spawnSync('tar', ['xzf', archive, '-C', folder]).status).toBe(0);
    // The original reads interfaces by netlink, from the machine it runs on; /proc/net/dev says the same.
    mkdirSync(`${folder}/fixtures/proc/net`, { recursive: true });
    writeFileSync(`${folder}/fixtures/proc/net/dev`, readFileSync('/proc/net/dev'));
    writeFileSync(`${folder}/ours.txt`, followDifferences(await scrapeFixtures(`${folder}/fixtures`)));
    const names = listed();
    const words = [join(shared, 'golden-diff.py'), `${folder}/fixtures/e2e-output.txt`, `${folder}/ours.txt`, ...names];
    const { status, stdout, stderr } = spawnSync('python3', words, { encoding: 'utf8' });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: expect.stringContaining('type mismatches 0') });
  });
});

const listed = () => collectors.map(({ collector }) => collector.name).filter((name) => !WITHOUT.includes(name));

async function scrapeFixtures(fixtures: string): Promise<string> {
  const known = new Set(collectors.flatMap(({ collector }) => [`collector.${collector.name}`, ...Object.keys(collector.flags)]));
  const switches = collectors.map(({ collector, on }) =>
    WITHOUT.includes(collector.name) || !(on || WITH.includes(collector.name))
      ? `--no-collector.${collector.name}`
      : `--collector.${collector.name}`,
  );
  const flags = FLAGS.filter((flag) => known.has(flag.slice(2).split('=')[0])).map((flag) => flag.replace('=fixtures/', `=${fixtures}/`));
  const paths = {
    procfs: `${fixtures}/proc`,
    sysfs: `${fixtures}/sys`,
    rootfs: fixtures,
    udevData: `${fixtures}/udev/data`,
    zoneFile: '/etc/localtime',
  };
  const host = createHost(paths, helperIn(fixtures));
  const { text } = await createRunner(host, startWith([...switches, ...flags]), silentLogger).scrape(10);
  // The original ran in its own repository; paths show in the labels of rapl.
  return text.replaceAll(fixtures, 'collector/fixtures');
}

/** Takes our exposition back to 1.5 where testdata says that we follow 1.12. */
function followDifferences(text: string): string {
  const rules = readFileSync(new URL('../testdata/golden-1.5-differences.txt', import.meta.url), 'utf8').split('\n');
  let result = text;
  for (const [kind, family, label, value] of rules.filter((rule) => rule !== '' && !rule.startsWith('#')).map((rule) => rule.split(' '))) {
    if (kind === 'family') result = result.replace(new RegExp(`^(# (HELP|TYPE) )?${family}[ {].*\n`, 'gm'), '');
    else if (kind === 'series') result = result.replace(new RegExp(`^${literal(family)} .*\n`, 'm'), '');
    else if (kind === 'value') result = result.replace(new RegExp(`^${literal(family)} .*$`, 'm'), () => `${family} ${label}`);
    else if (kind === 'clear') result = result.replaceAll(new RegExp(`^(${family}\\{.*)${label}="${value}"`, 'gm'), `$1${label}=""`);
    else result = result.replace(new RegExp(`^${family}\\{.*$`, 'gm'), (line) => line.replace(new RegExp(`,?${label}="[^"]*"`), ''));
  }
  return result;
}

const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
