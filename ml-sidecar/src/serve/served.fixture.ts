import { autoDefaults } from '../detectors/auto-plan.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { auto } from '../forecasters/auto.ts';
import { Watch } from '../watch/watch.ts';
import type { Served, WatchHealth } from './served.ts';

/** Seconds; a day has 144 steps. */
export const step = 600;
const days = 4;
/** Unix seconds of the newest value that `waveWatch` has taken up. */
export const newest = days * 144 * step;

/** Waves between 0.3 and 0.7 with the period of a day; passes 0.65 some three hours into each. */
export function wave(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => 0.5 + 0.2 * Math.sin((2 * Math.PI * i) / 144) + 0.01 * Math.sin(i * 12.9898));
}

/** A watch on real models with four days of a wave for each label set. `last` changes the newest values. */
export async function waveWatch(
  name: string,
  all: readonly Readonly<Record<string, string>>[],
  last: (values: Float64Array, place: number) => void = () => {},
): Promise<Watch> {
  const limits = [{ name: 'full', side: 'above', value: 0.65 } as const];
  const shared = { step, bounds: [0, 1] as const };
  const settings = { history: 5 * 86_400, horizon: 86_400, refit: 3600, delay: 0, forecaster: 'auto', detector: 'robust-zscore' };
  const watch = new Watch(
    { ...shared, ...settings, name, expr: name, limits, seriesLimit: 100, resolution: 15, live: true, detection: autoDefaults },
    {
      ...shared,
      historySteps: 720,
      horizonSteps: 144,
      refitSteps: 6,
      levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
      leads: [6, 36, 144],
      forecaster: auto,
      detector: robustZscore,
    },
  );
  const matrix = all.map((labels, place) => {
    const values = wave(days * 144);
    last(values, place);
    return { labels, values };
  });
  await watch.load(days * 144, days * 144, matrix, { pause: async () => {}, clock: () => 0 });
  return watch;
}

/** What the endpoints are handed, ten seconds after the newest value. */
export function servedOf(watches: readonly Watch[], health: WatchHealth, rest: Partial<Served> = {}): Served {
  return {
    version: '1.2.3',
    gauges: { quantiles: [0.1, 0.5, 0.9], horizons: [3600] },
    watches: watches.map((watch) => ({ watch, health })),
    receiver: { receive: () => ({ status: 503, message: 'not in this test', retryAfter: 1 }) },
    onScores: () => () => undefined,
    now: () => newest + 10,
    ready: () => true,
    selfMetrics: async () => '',
    ...rest,
  };
}
