import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { optimizer } from '@bsull/augurs-prophet-wasmstan';
import { initSync as initMstl, MSTL } from '@bsull/augurs/mstl';
import { initSync as initProphet, Prophet } from '@bsull/augurs/prophet';

/** Bands that make the seven quantiles. */
const BANDS = [0.5, 0.8, 0.95] as const;

/** A named rival: learns from `values`, one every `step` seconds from `start`, and forecasts `steps` with three bands. */
export interface Rival {
  readonly name: string;
  run(values: Float64Array, start: number, step: number, steps: number): void;
}

/** Grafana's augurs: MSTL with automatic exponential smoothing, and Prophet with its own Stan. Loads their WebAssembly. */
export function augursRivals(): readonly Rival[] {
  const require = createRequire(import.meta.url);
  const wasm = (name: string): Uint8Array<ArrayBuffer> => {
    const path = require.resolve(`@bsull/augurs/${name}`).replace(/\.js$/, '_bg.wasm');
    return Uint8Array.from(readFileSync(path));
  };
  initMstl({ module: wasm('mstl') });
  initProphet({ module: wasm('prophet') });
  return [
    {
      name: 'augurs MSTL+ETS',
      run(values, _start, step, steps) {
        const model = MSTL.ets([Math.round(86_400 / step)], { impute: true });
        model.fit(values);
        for (const band of BANDS) model.predict(steps, band);
        model.free();
      },
    },
    {
      name: 'augurs Prophet',
      run(values, start, step, steps) {
        const model = new Prophet({ optimizer, intervalWidth: 0.8 });
        const times = Array.from(values, (_, i) => start + i * step);
        model.fit({ ds: times, y: [...values] });
        model.predict({ ds: Array.from({ length: steps }, (_, h) => start + (values.length + h) * step) });
        model.free();
      },
    },
  ];
}
