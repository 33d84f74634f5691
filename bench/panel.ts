import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, shown, type Bench, type BenchRow } from './bench.ts';

const plugin = fileURLToPath(new URL('../../grafana-plugin/', import.meta.url));

/**
 * The Grafana panel against the TimeSeries component of Grafana's own packages with the same frames and fillBelowTo bands, in
 * headless Chromium, in turns. Twenty series with three bands each; times are medians of how long the main thread is busy.
 */
export const panel: Bench = {
  name: 'panel',
  run: (say) => {
    for (const script of ['build.mjs', 'host/bundle.mjs']) node(say, script);
    const printed: unknown = JSON.parse(node(say, 'host/dist/measure.mjs'));
    return Promise.resolve(rowsOf(figuresOf(printed)));
  },
};

function rowsOf(of: (name: string) => number): BenchRow[] {
  const bar = (what: string, name: string, most: number): BenchRow[] => {
    const own = of(`panel ${name}`);
    const rival = of(`timeSeries ${name}`);
    return [atMost(what, own, most, ' ms', 1), shown(`  TimeSeries, ratio`, `${rival.toFixed(1)} ms, ${(own / rival).toFixed(2)}×`)];
  };
  // No bar: most of it is the browser turning paths into pixels, which without a GPU runs on the same thread.
  const anew = (points: string, shownPoints: string): BenchRow[] => {
    const [own, rival] = [of(`panel ${points} rescale`), of(`timeSeries ${points} rescale`)];
    const raster = of(`panel ${points} rescale rasterised`);
    return [
      shown(`20 × ${shownPoints}: all drawn anew`, `${own.toFixed(1)} ms, of it ${raster.toFixed(1)} ms rasterisation`),
      shown(`  TimeSeries, ratio`, `${rival.toFixed(1)} ms, ${(own / rival).toFixed(2)}×`),
    ];
  };
  return [
    atMost('module.js', of('moduleBytes') / 1024, 60, ' kB', 1),
    ...bar('20 × 1,000: redraw', '1000 redraw', 16),
    ...anew('1000', '1,000'),
    ...bar('20 × 1,000: cursor', '1000 cursor', 4),
    ...bar('20 × 1,000: first render', '1000 firstRender', 600),
    ...bar('20 × 1,000: refresh', '1000 refresh', 150),
    ...bar('20 × 10,000: cursor', '10000 cursor', 8),
    ...bar('20 × 10,000: pan', '10000 pan', 33),
    ...anew('10000', '10,000'),
    atMost('heap growth over 100 refreshes', of('heapGrowthBytes') / 2 ** 20, 5, ' MB'),
  ];
}

function figuresOf(printed: unknown): (name: string) => number {
  return (name) => {
    const value: unknown = typeof printed === 'object' && printed !== null ? Reflect.get(printed, name) : undefined;
    if (typeof value !== 'number') throw new Error(`grafana-plugin/host/measure.ts printed no number for ${JSON.stringify(name)}`);
    return value;
  };
}

/** Runs a script of the plugin and gives what it printed. */
function node(say: (line: string) => void, script: string): string {
  say(`node grafana-plugin/${script}`);
  const result = spawnSync(process.execPath, [plugin + script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (result.status !== 0) throw new Error(`grafana-plugin/${script} ended with status ${result.status ?? result.signal}`);
  return result.stdout;
}
