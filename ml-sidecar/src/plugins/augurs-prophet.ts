import { atLevels } from './levels.ts';
import { imported, type PluginKind, type PluginModel } from './plugin.ts';
import { wasmBeside } from './wasm-file.ts';

const packages = ['@bsull/augurs', '@bsull/augurs-prophet-wasmstan'];

/** The band that is asked for: its borders and the middle make the levels. */
const WIDTH = 0.8;
const LEVELS = [0.1, 0.5, 0.9];

/**
 * Prophet (Taylor & Letham 2018) of Grafana's augurs, optimised by Stan in WebAssembly. Takes some 400 ms a fit and holds on to
 * memory, so that its worker is replaced now and then; our own `prophet` does the same a thousand times faster.
 */
export const augursProphet: PluginKind = { name: 'augurs-prophet', file: 'none', packages, load };

async function load(): Promise<PluginModel> {
  const bytes = await wasmBeside('augurs-prophet', packages, '@bsull/augurs/prophet');
  const [{ initSync, Prophet }, { optimizer }] = await imported('augurs-prophet', packages, () =>
    Promise.all([import('@bsull/augurs/prophet'), import('@bsull/augurs-prophet-wasmstan')]),
  );
  initSync({ module: bytes });
  return {
    minSamples: 48,
    async forecast({ start, step, values }, steps, levels) {
      const known = [...values.keys()].filter((i) => !Number.isNaN(values[i]));
      const model = new Prophet({ optimizer, intervalWidth: WIDTH });
      try {
        model.fit({ ds: known.map((i) => start + i * step), y: known.map((i) => values[i]) });
        const ds = Array.from({ length: steps }, (_, h) => start + (values.length + h) * step);
        const { yhat } = model.predict({ ds });
        const { lower = yhat.point, upper = yhat.point } = yhat.intervals ?? {};
        return atLevels(LEVELS, [lower, yhat.point, upper], steps, levels);
      } finally {
        model.free();
      }
    },
  };
}
