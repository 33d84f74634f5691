import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Series } from '../stats/series.ts';
import type { PluginKind, PluginModel } from './plugin.ts';
import { lawBrokenBy } from './laws.ts';

/**
 * A forecaster of the user's own: a .js or .mjs file that exports `forecaster` (or that as its default), of the interface of our
 * own ones: `{ name, minSamples, fit(series, horizonSteps) }`, where `fit` gives `{ forecast(steps, levels) }` and that `{ rows }`.
 * Each may be asynchronous. It obeys the laws of `laws.ts` when loaded, or is refused with the law that it broke.
 */
export const moduleFile: PluginKind = {
  name: 'module',
  file: 'needed',
  packages: [],
  load: loadModule,
};

interface UserForecaster {
  readonly minSamples: number;
  readonly fit: (series: Series, horizonSteps: number) => unknown;
}

async function loadModule(file: string): Promise<PluginModel> {
  const path = resolve(file);
  let found: unknown;
  try {
    const exports: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
    found = exports.forecaster ?? exports.default;
  } catch (error) {
    throw new Error(`${file}: got ${error instanceof Error ? error.message : String(error)}, want a module that can be loaded`, {
      cause: error,
    });
  }
  if (!isForecaster(found)) throw new Error(`${file}: got no forecaster, want an export "forecaster" of { minSamples, fit }`);
  const { minSamples } = found;
  const forecaster = found;
  const model: PluginModel = {
    minSamples,
    async forecast(series, steps, levels) {
      const fitted: unknown = await forecaster.fit(series, steps);
      if (!hasForecast(fitted)) throw new Error(`${file}: got no function forecast from fit, want { forecast(steps, levels) }`);
      const forecast: unknown = await fitted.forecast(steps, levels);
      if (!hasRows(forecast)) throw new Error(`${file}: got no rows from forecast, want { rows } with a row for each level`);
      return forecast.rows;
    },
  };
  const broken = await lawBrokenBy(model);
  if (broken !== undefined) throw new Error(`${file}: broke a law of forecasters: ${broken}`);
  return model;
}

function isForecaster(value: unknown): value is UserForecaster {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fit' in value &&
    typeof value.fit === 'function' &&
    'minSamples' in value &&
    typeof value.minSamples === 'number' &&
    value.minSamples >= 1
  );
}

function hasForecast(value: unknown): value is { forecast: (steps: number, levels: readonly number[]) => unknown } {
  return typeof value === 'object' && value !== null && 'forecast' in value && typeof value.forecast === 'function';
}

function hasRows(value: unknown): value is { rows: readonly ArrayLike<number>[] } {
  return typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);
}
