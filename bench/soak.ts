import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import { atMost, type Bench, type BenchRow, quantileOf, shown } from './bench.ts';
import { accountOf, savedTimes } from './soak/account.ts';
import { type Disturbance, disturbances } from './soak/disturb.ts';
import { histogramQuantile, look, type Look, pageOf } from './soak/observe.ts';
import { soakPage } from './soak/plot.ts';
import { trendOf } from './soak/slope.ts';
import { parts, type Part, startSoakStack, type SoakStack } from './soak/stack.ts';
import { writeTarget } from './soak/target.ts';

const SERIES = 2000;
const SEED = 20_268;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What happened, and when in seconds since the start. */
export interface Happening {
  readonly at: number;
  readonly what: string;
}

interface Soak {
  readonly looks: readonly Look[];
  readonly happenings: readonly Happening[];
  /** Seconds after which things must be flat. */
  readonly warm: number;
  readonly crashed: readonly Part[];
  readonly pages: { readonly warm: string; readonly end: string };
  readonly account: { readonly stored: number; readonly scored: number };
}

/** The whole stack for half an hour (or PRESAGE_SOAK_MINUTES) at 2,000 live series while things go wrong; it must stay flat. */
export const soak: Bench = {
  name: 'soak',
  async run(say) {
    const minutes = Number(process.env['PRESAGE_SOAK_MINUTES'] ?? 30);
    if (!(minutes >= 5)) throw new Error(`PRESAGE_SOAK_MINUTES: got ${process.env['PRESAGE_SOAK_MINUTES']}, want at least 5`);
    const folder = mkdtempSync(join(tmpdir(), 'presage-soak-'));
    let stack: SoakStack | undefined;
    try {
      stack = await startSoakStack(folder, SERIES, say);
      const result = await soaked(stack, minutes * 60, say);
      const file = join(root, 'bench/results/soak.html');
      writeFileSync(file, soakPage(result, { minutes, series: SERIES, seed: SEED }));
      say(`plot: bench/results/soak.html`);
      return rowsOf(result, minutes);
    } finally {
      await stack?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function soaked(stack: SoakStack, seconds: number, say: (line: string) => void): Promise<Soak> {
  const random = seededRandom(SEED);
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const looks: Look[] = [];
  const happenings: Happening[] = [];
  const crashed = new Set<Part>();
  const warm = seconds / 3;
  const ended = new AbortController();
  const note = (what: string): void => {
    happenings.push({ at: elapsed(), what });
    say(`${elapsed().toFixed(0).padStart(5)} s  ${what}`);
  };
  const writing = everySecond(stack, ended.signal);
  let restarting = false;
  let known: ReadonlyMap<string, number> = new Map();
  const restartSidecar = async (): Promise<void> => {
    restarting = true;
    note('sidecar and exporter killed');
    await stack.restart('exporter');
    await stack.process('sidecar').stop('SIGKILL');
    known = savedTimes(stack.storage);
    await stack.restart('sidecar');
    restarting = false;
  };
  const troubles = (async () => {
    await sleep(Math.min(150_000, (warm * 1000) / 2));
    await restartSidecar();
    // Every kind in turn, in an order of its own each time; quiet at the end, so that all can be counted.
    for (let left: Disturbance[] = []; elapsed() < seconds - 100;) {
      await sleep((30 + 40 * random()) * 1000);
      if (elapsed() > seconds - 100) break;
      if (left.length === 0) left = [...disturbances];
      const [one] = left.splice(Math.floor(random() * left.length), 1);
      note(one.name);
      restarting = one.name.endsWith('killed');
      await one.strike(stack, random).catch((error: unknown) => note(`${one.name}: ${String(error)}`));
      restarting = false;
    }
  })();
  let warmPage = '';
  for (let i = 0; elapsed() < seconds; i++) {
    if (!restarting) looks.push(await look(stack, elapsed(), i % 5 === 0 && elapsed() > 20).catch(() => ({ at: elapsed(), held: {} })));
    if (!restarting) for (const part of parts) if (!stack.process(part).runs()) crashed.add(part);
    if (warmPage === '' && elapsed() >= warm) warmPage = await pageOf(stack);
    await sleep(3000);
  }
  await troubles;
  const end = await pageOf(stack);
  const account = await accountOf(stack, known);
  ended.abort();
  await writing;
  return { looks, happenings, warm, crashed: [...crashed], pages: { warm: warmPage, end }, account };
}

async function everySecond(stack: SoakStack, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    writeTarget(stack.textfiles, SERIES, Date.now() / 1000);
    await sleep(1000);
  }
}

function rowsOf(result: Soak, minutes: number): readonly BenchRow[] {
  const { looks, happenings, warm, crashed, pages, account } = result;
  const after = looks.filter(({ at }) => at >= warm);
  const timed = after.flatMap(({ page }) => (page ? [page] : []));
  const half = (share: 0 | 1) => timed.slice((share * timed.length) / 2, ((share + 1) * timed.length) / 2).map((page) => page.milliseconds);
  const delay = (quantile: number) => histogramQuantile(pages.warm, pages.end, 'presage_score_delay_seconds', 'watch="soak"', quantile);
  const descriptors = (part: Part) => growthOf(after.flatMap(({ held }) => held[part]?.descriptors ?? []));
  return [
    shown('span, and how often something went wrong', `${minutes} min, ${happenings.length} times, seed ${SEED}`),
    ...(['sidecar', 'exporter'] as const).flatMap((part) => memoryRows(part, after)),
    ...(['prometheus', 'alertmanager'] as const).map((part) => {
      const rss = after.flatMap(({ held }) => held[part]?.rssMiB ?? []);
      return shown(`${part}, resident memory at the end`, `${rss.at(-1)?.toFixed(0)} MiB`);
    }),
    atMost('sidecar, more open descriptors at the end than after warm-up', descriptors('sidecar'), 3, '', 0),
    atMost('exporter, more open descriptors at the end than after warm-up', descriptors('exporter'), 3, '', 0),
    atMost('sidecar, more open handles at the end than after warm-up', growthOf(timed.map((page) => page.handles)), 3, '', 0),
    shown('/metrics of the sidecar', `${((timed.at(-1)?.bytes ?? 0) / 2 ** 20).toFixed(1)} MiB`),
    shown(
      '/metrics of the sidecar, p50 and p99',
      `${quantileOf(half(0).concat(half(1)), 0.5).toFixed(0)} ms, ${quantileOf(half(0).concat(half(1)), 0.99).toFixed(0)} ms`,
    ),
    atMost('/metrics of the sidecar, p50 of the second half / first half', quantileOf(half(1), 0.5) / quantileOf(half(0), 0.5), 1.5, '×'),
    atMost('scrape to score, p50 (bucket)', delay(0.5), 1, ' s', 1),
    shown('scrape to score, p99 (bucket)', `${delay(0.99)} s`),
    atMost('samples stored and not scored, or scored twice', Math.abs(account.stored - account.scored), 0, ` of ${account.stored}`, 0),
    atMost('processes that ended by themselves', crashed.length, 0, ` ${crashed.join(' ')}`.trimEnd(), 0),
  ];
}

function memoryRows(part: 'sidecar' | 'exporter', after: readonly Look[]): readonly BenchRow[] {
  const rss = after.flatMap(({ held }) => held[part]?.rssMiB ?? []);
  const { mean, growth, low, high } = trendOf(rss);
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    atMost(`${part}, growth of resident memory after warm-up`, 100 * growth, 2, ' %', 1),
    shown(`${part}, the same, 95 % interval; mean`, `${percent(low)} to ${percent(high)}; ${mean.toFixed(0)} MiB`),
  ];
}

/** Median of the last quarter less that of the first. */
function growthOf(values: readonly number[]): number {
  const quarter = Math.ceil(values.length / 4);
  return quantileOf(values.slice(-quarter), 0.5) - quantileOf(values.slice(0, quarter), 0.5);
}
