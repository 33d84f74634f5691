import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '@presage/service/command-line.ts';
import { createLogger } from '@presage/service/log.ts';
import { afterAll, expect, it, vi } from 'vitest';
import type { Configuration } from '../configuration/configuration.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { plugins as listed } from '../plugins/index.ts';
import { builtWorker } from '../plugins/worker.fixture.ts';
import { Watch, type GridValues } from '../watch/watch.ts';
import { checkPlugins, createPlugins } from './plugins.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { shapeOf } from './shape.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-plugin-fits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'mean.mjs');
writeFileSync(
  file,
  `export const forecaster = {
    minSamples: 10,
    fit(series) {
      const known = series.values.filter(Number.isFinite);
      if (known[0] > 500) throw new Error('too high for me');
      const mean = known.reduce((a, b) => a + b, 0) / known.length;
      return { forecast: (steps, levels) => ({ rows: levels.map((level) => new Float64Array(steps).fill(mean + level)) }) };
    },
  };`,
);
const known = { forecasters: ['auto', 'seasonal-naive'], detectors: ['auto', 'robust-zscore'], plugins: listed };
const clock = () => performance.now() / 1000;

function configurationOf(text: string): Configuration {
  const parsed = parseConfiguration(text, known);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.configuration;
}

const watching = (forecaster: string, models: string) => `
prometheus: { url: http://127.0.0.1:9090 }
models: [${models}]
watches: [{ name: w, expr: up, step: 1h, refit: 1h, history: 10d, forecaster: ${forecaster}, detector: robust-zscore }]`;

const seriesAt = (host: string, level: number): GridValues => ({
  labels: { host },
  values: Float64Array.from({ length: 240 }, (_, i) => level + Math.sin((2 * Math.PI * i) / 24)),
});

it('a watch takes up the forecasts of a plug-in as they come; one that fails is the fault of its series alone', async () => {
  const configuration = configurationOf(watching('mine', `{ name: mine, plugin: module, file: ${JSON.stringify(file)} }`));
  const lines: string[] = [];
  const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
  const metrics = createSelfMetrics('0', '0');
  const plugins = createPlugins(configuration, { worker: builtWorker('fits'), clock }, log, metrics);
  await plugins.load();
  const [settings] = configuration.watches;
  const watch = new Watch(settings, shapeOf(settings, configuration.gauges));
  watch.remote = plugins.fitsOf(settings, new AbortController().signal);
  const matrix = [seriesAt('a', 10), seriesAt('high', 1000), seriesAt('z', 20)];
  await watch.load(1240, 240, matrix, { pause: async () => {}, clock: () => 0 });
  const [a, high, z] = watch.series.values();
  await vi.waitFor(() => expect([a.fitted, high.fault, z.fitted]).not.toContain(undefined), { timeout: 60_000, interval: 50 });
  expect(a.expected(1241, 0.5)).toBeCloseTo(10.5, 0);
  expect(z.expected(1264, 0.5)).toBeCloseTo(20.5, 0);
  expect([a.fitted?.model, a.fault]).toEqual(['mine', undefined]);
  expect([high.fault, high.fitted]).toEqual(['too high for me', undefined]);
  expect(high.expected(1241, 0.5)).toBeNaN();
  expect(lines.join('')).toMatch(/level=warn.*fit failed.*too high for me/);
  expect(await metrics.text()).toMatch(/presage_fits_total\{watch="w",result="failure"\} 1/);
  await plugins.close();
});

it('a forecast that comes late does not change what was expected of times that have passed', async () => {
  const configuration = configurationOf(watching('seasonal-naive', ''));
  const [settings] = configuration.watches;
  const watch = new Watch(settings, shapeOf(settings, configuration.gauges));
  await watch.load(1240, 240, [seriesAt('a', 10)], { pause: async () => {}, clock: () => 0 });
  const [series] = watch.series.values();
  const before = [1239, 1240].map((index) => series.expected(index, 0.5));
  const rows = series.shape.levels.map(() => new Float32Array(series.stepsAhead).fill(77));
  const none = { misses: series.misses!, skill: 0, skillOverNaive: 0, unforecastable: false, coverage: [], origins: 0 };
  series.take({ ...none, model: 'late', start: 1238 * 3600, rows }, 1237);
  expect([1239, 1240].map((index) => series.expected(index, 0.5))).toEqual(before);
  expect(series.expected(1241, 0.5)).toBe(77);
});

it('a missing package ends the start with the line that installs it; what else is wrong does not', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
  const metrics = createSelfMetrics('0', '0');
  const alone = builtWorker('alone', folder);
  const configuration = configurationOf(watching('augurs-mstl', ''));
  await expect(createPlugins(configuration, { worker: alone, clock }, log, metrics).load()).rejects.toThrow(UsageError);
  expect(await checkPlugins(configuration, { worker: alone, clock })).toEqual([
    'forecaster augurs-mstl: plug-in augurs-mstl: got no package @bsull/augurs, want: npm i @bsull/augurs',
  ]);
  const broken = configurationOf(watching('mine', '{ name: mine, plugin: module, file: /nowhere/model.mjs }'));
  await createPlugins(broken, { worker: alone, clock }, log, metrics).load();
  expect(lines.join('')).toMatch(/plug-in cannot be loaded.*model=mine.*\/nowhere\/model\.mjs/);
});

it('refuses models of an unknown plug-in, without the file it needs, with one it does not, and of a taken name', () => {
  const faultsOf = (forecaster: string, models: string) => {
    const parsed = parseConfiguration(watching(forecaster, models), known);
    return 'faults' in parsed ? parsed.faults.map(({ place, found, want }) => `${place}: got ${found}, want ${want}`) : [];
  };
  expect(faultsOf('auto', '{ name: x, plugin: oracle }')).toEqual([
    'models[0].plugin: got "oracle", want one of augurs-mstl, augurs-prophet, tensorflow, onnx, module',
  ]);
  expect(faultsOf('auto', '{ name: x, plugin: onnx }')).toEqual(['models[0].file: got nothing, want the file that onnx loads']);
  expect(faultsOf('auto', '{ name: x, plugin: augurs-mstl, file: a }')).toEqual([
    'models[0].file: got "a", want no file: augurs-mstl loads none',
  ]);
  expect(faultsOf('auto', '{ name: auto, plugin: tensorflow }')).toEqual([
    'models[0].name: got "auto", want a name that no other forecaster has',
  ]);
  expect(faultsOf('onnx', '')).toEqual([
    'watches[0].forecaster: got "onnx", want one of auto, seasonal-naive, augurs-mstl, augurs-prophet, tensorflow',
  ]);
});
