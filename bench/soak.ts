import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../ml-sidecar/src/stats/random.ts';
import type { Bench } from './bench.ts';
import { accountOf, savedTimes } from './soak/account.ts';
import { collected } from './soak/collect.ts';
import { type Collection, type Course, type Happening, services, type Service } from './soak/course.ts';
import { type Disturbance, disturbances } from './soak/disturb.ts';
import { look, type Look } from './soak/observe.ts';
import { soakPage } from './soak/plot.ts';
import { rowsOf } from './soak/rows.ts';
import { scrapesOf } from './soak/scrapes.ts';
import { parts, type Part, startSoakStack, type SoakStack } from './soak/stack.ts';
import { writeTarget } from './soak/target.ts';

const SERIES = 2000;
const SEED = 20_268;
/** Times that all garbage is collected, spread over the whole. */
const COLLECTIONS = 30;
const root = fileURLToPath(new URL('../..', import.meta.url));

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
      return rowsOf(result, minutes, SEED);
    } finally {
      await stack?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function soaked(stack: SoakStack, seconds: number, say: (line: string) => void): Promise<Course> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const warm = seconds / 3;
  const happenings: Happening[] = [];
  const note = (what: string, delays = false): void => {
    happenings.push({ at: elapsed(), what, delays });
    say(`${elapsed().toFixed(0).padStart(5)} s  ${what}`);
  };
  const ended = new AbortController();
  const writing = everySecond(stack, ended.signal);
  const trouble = troubleOf(stack, seconds, elapsed, note);
  const watched = watchedOf(stack, elapsed);
  for (let [i, collections] = [0, 0]; elapsed() < seconds; i++) {
    if (!trouble.restarts()) {
      await watched.look(i % 5 === 0 && elapsed() > 20);
      if (elapsed() >= (collections * seconds) / COLLECTIONS) {
        collections++;
        await watched.collect();
      }
    }
    await sleep(3000);
  }
  const known = await trouble.over;
  const scrapes = await scrapesOf(stack.url('prometheus'), seconds - warm);
  const account = await accountOf(stack, known);
  ended.abort();
  await writing;
  return { ...watched.seen, happenings, warm, scrapes, account };
}

/** Looks at the processes, and remembers what it saw. */
function watchedOf(stack: SoakStack, elapsed: () => number) {
  const looks: Look[] = [];
  const collections: Record<Service, Collection[]> = { sidecar: [], exporter: [] };
  const crashed = new Set<Part>();
  return {
    seen: {
      looks,
      collections,
      get crashed() {
        return [...crashed];
      },
    },
    async look(withPage: boolean): Promise<void> {
      for (const part of parts) if (!stack.process(part).runs()) crashed.add(part);
      looks.push(await look(stack, elapsed(), withPage).catch(() => ({ at: elapsed(), held: {} })));
    },
    /** Of a service that is stopped or starts just now there is nothing to say. */
    async collect(): Promise<void> {
      for (const service of services) {
        const kept = await collected(stack.process(service)).catch(() => undefined);
        if (kept) collections[service].push({ at: elapsed(), ...kept });
      }
    },
  };
}

/** Lets things go wrong until shortly before the end. `over` gives up to when each series was scored by the state that the sidecar took up. */
function troubleOf(stack: SoakStack, seconds: number, elapsed: () => number, note: (what: string, delays?: boolean) => void) {
  const random = seededRandom(SEED);
  let restarting = false;
  const restartSidecar = async (): Promise<ReadonlyMap<string, number>> => {
    restarting = true;
    note('sidecar and exporter killed', true);
    await stack.restart('exporter');
    await stack.process('sidecar').stop('SIGKILL');
    const known = savedTimes(stack.storage);
    await stack.restart('sidecar');
    restarting = false;
    return known;
  };
  const over = (async () => {
    await sleep(Math.min(90_000, (seconds * 1000) / 6));
    const known = await restartSidecar();
    // Every kind in turn, in an order of its own each time; quiet at the end, so that all can be counted.
    for (let left: Disturbance[] = []; elapsed() < seconds - 100;) {
      await sleep((30 + 40 * random()) * 1000);
      if (elapsed() > seconds - 100) break;
      if (left.length === 0) left = [...disturbances];
      const [one] = left.splice(Math.floor(random() * left.length), 1);
      note(one.name, one.delays);
      restarting = one.name.endsWith('killed');
      await one.strike(stack, random).catch((error: unknown) => note(`${one.name}: ${String(error)}`));
      restarting = false;
    }
    return known;
  })();
  return { over, restarts: () => restarting };
}

async function everySecond(stack: SoakStack, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    writeTarget(stack.textfiles, SERIES, Date.now() / 1000);
    await sleep(1000);
  }
}
