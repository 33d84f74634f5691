import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@presage/service/log.ts';
import { afterAll, expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { Watch } from '../watch/watch.ts';
import { restoreModel, saveModel } from './model-file.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { shapeOf } from './shape.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-model-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'cpu.model');
const lines: string[] = [];
const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
const metrics = createSelfMetrics('0', '0');
const settings: WatchSettings = {
  name: 'cpu',
  expr: 'cpu',
  step: 3600,
  resolution: 3600,
  live: false,
  history: 14 * 86_400,
  horizon: 86_400,
  refit: 86_400,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [],
  forecaster: 'lstm',
  detector: 'robust-zscore',
  seriesLimit: 3,
};
const newWatch = (forecaster = 'lstm') =>
  new Watch({ ...settings, forecaster }, shapeOf({ ...settings, forecaster }, { quantiles: [], horizons: [] }));

test('a watch lets its model learn as it loads, and a new one goes on from the file', async () => {
  const watch = newWatch();
  const values = Float64Array.from({ length: 14 * 24 }, (_, i) => 5 + Math.sin((2 * Math.PI * i) / 24) + 0.1 * Math.sin(i * 12.9898));
  await watch.load(values.length, values.length, [{ labels: { host: 'a' }, values }], { pause: async () => {}, clock: () => 0 });
  await watch.learn(async () => {});
  expect(watch.shape.shared?.status).toMatch(/^trained/);
  const { steps } = watch.shape.shared?.snapshot() ?? {};
  await watch.learn(async () => {});
  expect(watch.shape.shared?.snapshot().steps).toBe(steps);
  await saveModel(watch, file);
  const next = newWatch();
  await restoreModel(next, file, log, metrics);
  expect(next.shape.shared?.snapshot()).toEqual(watch.shape.shared?.snapshot());
  expect(next.modelFault).toBeUndefined();
});

test('a file of the wrong hash is refused, put aside and told; the model is as new', async () => {
  const bytes = readFileSync(file);
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(file, bytes);
  const watch = newWatch();
  await restoreModel(watch, file, log, metrics);
  expect(watch.modelFault).toMatch(/saved weights refused, learning anew: .*cpu\.model: got a torn or changed file/);
  expect(lines.at(-1)).toMatch(/level=warn.*saved model is refused and put aside/);
  expect(watch.shape.shared?.snapshot()).toEqual(newWatch().shape.shared?.snapshot());
  expect(existsSync(file)).toBe(false);
  expect(existsSync(`${file}.refused`)).toBe(true);
});

test('a watch without such a model has no file', async () => {
  await saveModel(newWatch('seasonal-naive'), file);
  expect(existsSync(file)).toBe(false);
  await restoreModel(newWatch('seasonal-naive'), file, log, metrics);
});
