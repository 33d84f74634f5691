import { seasonsOf } from '../stats/seasons.ts';
import type { Series } from '../stats/series.ts';
import { atLevels } from './levels.ts';
import { imported, type PluginKind, type PluginModel } from './plugin.ts';
import { wasmBeside } from './wasm-file.ts';

const packages = ['@bsull/augurs'];
/** Shares of the bands that are asked for; their borders and the middle make the levels. */
const BANDS = [0.5, 0.8, 0.95] as const;
const LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/**
 * Multiple seasonal-trend decomposition by LOESS with automatic exponential smoothing, of Grafana's augurs (Bandara, Hyndman &
 * Bergmeir 2021). One season, the day. Takes some 100 ms a fit; gaps are filled by straight lines, because it bears none.
 */
export const augursMstl: PluginKind = { name: 'augurs-mstl', file: 'none', packages, load };

async function load(): Promise<PluginModel> {
  const bytes = await wasmBeside('augurs-mstl', packages, '@bsull/augurs/mstl');
  const { initSync, MSTL } = await imported('augurs-mstl', packages, () => import('@bsull/augurs/mstl'));
  initSync({ module: bytes });
  return {
    minSamples: 48,
    async forecast(series, steps, levels) {
      const { day } = seasonsOf(series.step);
      const values = withoutGaps(series);
      if (day === 0 || values.length < 2 * day + 1)
        throw new RangeError(`augurs-mstl: got ${values.length} samples, want two days of ${day}`);
      const model = MSTL.ets([day], { impute: true });
      try {
        model.fit(values);
        const bands = BANDS.map((band) => model.predict(steps, band));
        const below = bands.toReversed().map(({ intervals }) => intervals?.lower ?? []);
        const above = bands.map(({ intervals }) => intervals?.upper ?? []);
        return atLevels(LEVELS, [...below, bands[0].point, ...above], steps, levels);
      } finally {
        // Its memory is not the engine's to collect.
        model.free();
      }
    },
  };
}

/** The values with straight lines over the gaps, from the first known on, and the last known after the end. */
export function withoutGaps({ values }: Series): Float64Array {
  const first = values.findIndex((value) => !Number.isNaN(value));
  const filled = values.slice(Math.max(0, first));
  let last = 0;
  for (let i = 1; i < filled.length; i++) {
    if (Number.isNaN(filled[i])) continue;
    for (let k = last + 1; k < i; k++) filled[k] = filled[last] + ((filled[i] - filled[last]) * (k - last)) / (i - last);
    last = i;
  }
  return filled.fill(filled[last], last + 1);
}
