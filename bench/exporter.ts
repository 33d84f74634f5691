import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectors } from '../exporter/src/collectors/index.ts';
import { atMost, quantileOf, shown, type Bench, type BenchRow } from './bench.ts';
import { startScraped, type ScrapedProcess } from './scraped-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'exporter/bin/presage-exporter.js');
const rival = 'prometheus-node-exporter';
const fixtures = join(root, '../shared/exporter/fixtures-1.5.0.tar.gz');
const ROUNDS = 4;
const SCRAPES = 200;
/** Enough for the just-in-time compiler; an exporter runs for weeks. */
const WARM_UP = 400;
const MANY = 10_000;
const GZIP = { 'Accept-Encoding': 'gzip' };

/** Presage's exporter against Debian's node_exporter, the same collectors on both, in interleaved rounds on this machine. */
export const exporter: Bench = {
  name: 'exporter',
  async run(say) {
    const known = spawnSync(rival, ['--help'], { encoding: 'utf8' });
    if (known.status !== 0) throw new Error(`${rival}: not found, want apt-get install prometheus-node-exporter`);
    const names = sharedCollectors(`${known.stdout}${known.stderr}`);
    say(`${names.length} collectors on both sides, ${ROUNDS} rounds of ${SCRAPES} scrapes each: ${names.join(' ')}`);
    const rows = [...(await liveRows(names)), ...(await fixtureRows(names, say))];
    return [...rows, ...(await growthRows(names, say))];
  },
};

/** Our collectors that run by default and that the rival knows. */
function sharedCollectors(help: string): string[] {
  return collectors
    .filter(({ collector, on }) => on && help.includes(`--collector.${collector.name} `))
    .map(({ collector }) => collector.name);
}

const flagsOf = (names: readonly string[], paths: readonly string[]) => (address: string) => [
  `--web.listen-address=${address}`,
  '--collector.disable-defaults',
  ...names.map((name) => `--collector.${name}`),
  ...paths,
];

const startTheirs = (names: readonly string[], paths: readonly string[] = []) => startScraped(rival, flagsOf(names, paths), '/metrics');
const startOurs = (names: readonly string[], paths: readonly string[] = []) => startScraped(main, flagsOf(names, paths), '/metrics');

interface Measured {
  readonly milliseconds: number[];
  cpuSeconds: number;
}

/** Both sides in turn, so that what else the machine does falls on both. */
async function interleaved(sides: readonly ScrapedProcess[], headers: Readonly<Record<string, string>>): Promise<Measured[]> {
  const measured: Measured[] = sides.map(() => ({ milliseconds: [], cpuSeconds: 0 }));
  for (const side of sides) for (let scrape = 0; scrape < WARM_UP; scrape += 1) await side.scrape(headers);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, side] of sides.entries()) {
      const before = side.cpuSeconds();
      for (let scrape = 0; scrape < SCRAPES; scrape += 1) measured[index].milliseconds.push(await side.scrape(headers));
      measured[index].cpuSeconds += side.cpuSeconds() - before;
    }
  }
  return measured;
}

async function withBoth<T>(
  names: readonly string[],
  paths: readonly string[],
  use: (sides: readonly [ScrapedProcess, ScrapedProcess]) => Promise<T>,
): Promise<T> {
  const theirs = await startTheirs(names, paths);
  const ours = await startOurs(names, paths);
  try {
    return await use([theirs, ours]);
  } finally {
    await Promise.all([theirs.stop(), ours.stop()]);
  }
}

function ratios(label: string, [theirs, ours]: readonly Measured[], bars: { p50: number; p99?: number; cpu?: number }): BenchRow[] {
  const at = (quantile: number) => [quantileOf(ours.milliseconds, quantile), quantileOf(theirs.milliseconds, quantile)] as const;
  const perScrape = (side: Measured) => (1000 * side.cpuSeconds) / (ROUNDS * SCRAPES);
  const [p50, p99] = [at(0.5), at(0.99)];
  const rows = [
    atMost(`${label} p50`, p50[0] / p50[1], bars.p50, '×'),
    shown(`${label} p50, ours and theirs`, `${p50[0].toFixed(2)} and ${p50[1].toFixed(2)} ms`),
  ];
  if (bars.p99 !== undefined) rows.push(atMost(`${label} p99`, p99[0] / p99[1], bars.p99, '×'));
  if (bars.cpu !== undefined) {
    rows.push(atMost(`${label} CPU a scrape`, perScrape(ours) / perScrape(theirs), bars.cpu, '×'));
    rows.push(shown(`${label} CPU, ours and theirs`, `${perScrape(ours).toFixed(2)} and ${perScrape(theirs).toFixed(2)} ms`));
  }
  return rows;
}

async function liveRows(names: readonly string[]): Promise<BenchRow[]> {
  return withBoth(names, [], async (sides) => [
    ...ratios('live', await interleaved(sides, {}), { p50: 0.4, p99: 0.7, cpu: 0.45 }),
    ...ratios('live gzip', await interleaved(sides, GZIP), { p50: 0.45 }),
    atMost('live RSS', sides[1].residentMiB() / sides[0].residentMiB(), 3, '×'),
    shown('live RSS, ours and theirs', `${sides[1].residentMiB().toFixed(0)} and ${sides[0].residentMiB().toFixed(0)} MiB`),
  ]);
}

async function fixtureRows(names: readonly string[], say: (line: string) => void): Promise<BenchRow[]> {
  if (!existsSync(fixtures)) {
    say(`skipped: the fixture tree, there is no ${fixtures}`);
    return [];
  }
  const folder = mkdtempSync(join(tmpdir(), 'presage-bench-'));
  try {
    spawnSync('tar', ['xzf', fixtures, '-C', folder]);
    const tree = `${folder}/fixtures`;
    const paths = [`--path.procfs=${tree}/proc`, `--path.sysfs=${tree}/sys`, `--path.rootfs=${tree}`, `--path.udev.data=${tree}/udev/data`];
    return await withBoth(names, paths, async (sides) => ratios('fixture tree', await interleaved(sides, {}), { p50: 0.6 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Growth counts from the 1,000th scrape on: before that, code is still being compiled. */
async function growthRows(names: readonly string[], say: (line: string) => void): Promise<BenchRow[]> {
  say(`${MANY} scrapes of ours for growth`);
  const ours = await startOurs(names);
  try {
    for (let scrape = 0; scrape < 1000; scrape += 1) await ours.scrape();
    const before = ours.residentMiB();
    for (let scrape = 0; scrape < MANY; scrape += 1) await ours.scrape();
    const growth = 100 * (ours.residentMiB() / before - 1);
    return [atMost(`RSS growth over ${MANY} scrapes`, growth, 5, ' %')];
  } finally {
    await ours.stop();
  }
}
