// Measures the panel against Grafana's own TimeSeries in headless Chromium and prints the medians as JSON. Started by bench/panel.ts.
import { tmpdir } from 'node:os';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../stack/src/binaries/chromium.ts';
import { describeMachine } from '../../stack/src/machine.ts';
import type { Benchmark, Rival } from './benchmark.tsx';
import { openTheatre, type Stage } from './stage.ts';

type Figures = Record<string, number>;
type Step = Exclude<keyof Benchmark, 'firstRender'>;

const rivals: Rival[] = ['panel', 'timeSeries'];

const figures: Figures = { moduleBytes: statSync(fileURLToPath(new URL('../../dist/module.js', import.meta.url))).size };
const { platform, arch, env } = process;
const chromium = await findChromium(
  describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say: (line) => console.error(line) }),
);
if ('missing' in chromium) throw new Error(chromium.missing);
const theatre = await openTheatre(chromium.path);
try {
  const stage = await theatre.open('13.2.2');
  await measureAt(stage, 1000, { firstRender: 5, redraw: 15, rescale: 10, cursor: 40, refresh: 12 });
  await measureAt(stage, 10_000, { firstRender: 2, redraw: 5, rescale: 4, cursor: 20, pan: 9 });
  figures['heapGrowthBytes'] = await heapGrowth(stage);
  console.log(JSON.stringify(figures));
} finally {
  await theatre.close();
}

/** Medians of both rivals, taken in turns so that a busy moment meets both. Twenty series with three bands each. */
async function measureAt(stage: Stage, points: number, rounds: Partial<Record<keyof Benchmark, number>>): Promise<void> {
  const samples = new Map<string, number[]>();
  const record = (rival: Rival, what: string, value: number): void => {
    const key = `${rival} ${points} ${what}`;
    samples.set(key, [...(samples.get(key) ?? []), value]);
  };
  const { firstRender = 1, ...steps } = rounds;
  for (let round = 0; round < firstRender; round++)
    for (const rival of rivals) {
      const time = await stage.page.evaluate(([one, count]) => Reflect.get(window, 'host').benchmark.firstRender(one, 20, count), [
        rival,
        points,
      ] as const);
      // The first of all compiles the code that both share.
      if (round > 0 || firstRender === 1) record(rival, 'firstRender', time);
      for (const [step, count] of Object.entries(steps))
        await repeat(stage, step, Math.ceil(count / firstRender), (value) => record(rival, step, value));
      figures[`${rival} ${points} rescale rasterised`] = await rasterised(stage, 'rescale', 3);
    }
  for (const [key, values] of samples) figures[key] = values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function repeat(stage: Stage, step: string, count: number, record: (value: number) => void): Promise<void> {
  for (let index = 0; index < count; index++)
    record(await stage.page.evaluate((name) => Reflect.get(window, 'host').benchmark[name](), step));
}

/** How many ms of a step the browser spends on turning a canvas' paths into pixels, by its own trace; a mean of `rounds`. */
async function rasterised(stage: Stage, step: Step, rounds: number): Promise<number> {
  const session = await stage.page.context().browser()!.newBrowserCDPSession();
  let sum = 0;
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, dur } of value) if (String(name).endsWith('CanvasRenderingContext2D::FinalizeFrame')) sum += Number(dur ?? 0) / 1000;
  });
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['blink'] } });
  await repeat(stage, step, rounds, () => {});
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return sum / rounds;
}

/** What the heap gained over 100 refreshes of 20 × 1,000, both ends after a collection. */
async function heapGrowth(stage: Stage): Promise<number> {
  const session = await stage.page.context().newCDPSession(stage.page);
  const used = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  await stage.page.evaluate(() => Reflect.get(window, 'host').benchmark.firstRender('panel', 20, 1000));
  const refresh = (): Promise<void> => repeat(stage, 'refresh' satisfies Step, 1, () => {});
  for (let warm = 0; warm < 10; warm++) await refresh();
  const before = await used();
  for (let round = 0; round < 100; round++) await refresh();
  return (await used()) - before;
}
