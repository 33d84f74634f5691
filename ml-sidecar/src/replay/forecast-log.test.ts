import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { shapeOf } from '../app/shape.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { compileMatcher } from '../prometheus/matcher.ts';
import { WatchedSeries } from '../watch/watched-series.ts';
import { openForecastLog, openPastForecasts } from './forecast-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-forecast-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parsed = parseConfiguration('prometheus: {url: http://p}\nwatches: [{name: w, expr: x, step: 5m, history: 2d, horizon: 1h}]', {
  forecasters: ['auto'],
  detectors: ['auto'],
});
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const [settings] = parsed.configuration.watches;
const shape = shapeOf(settings, parsed.configuration.gauges);
const levels = [0.5, 0.9];

/** Two forecasts: at the grid index 100 all is 1, at 102 all is 2; the level 0.9 is ten higher. Each is read 30 s later. */
function written(path: string): void {
  const series = new WatchedSeries({ instance: 'a' }, 'a', shape, 100);
  const log = openForecastLog(path, settings, shape.levels, levels, 0);
  for (const value of [1, 2]) {
    const origin = series.ring.last + 1;
    series.observe(0);
    const rows = shape.levels.map((level) => new Float64Array(12).fill(value + (level === 0.9 ? 10 : 0)));
    series.forecasts.install({ start: (origin + 1) * 300, rows }, 300);
    log.add(series, origin * 300 + 30);
    series.observe(0);
  }
  log.close();
}

const read = (path: string, time: number, quantile: string, span = 300) => {
  const past = openPastForecasts([path], span);
  past.standAt(time);
  const matchers = [compileMatcher('__name__', '=', 'presage_forecast'), compileMatcher('quantile', '=', quantile)];
  // Undefined where others may have their turn.
  return [...past.select(matchers, 101 * 300_000, 106 * 300_000)].filter((one) => one !== undefined);
};

test('the past shows the forecast that was in force, the future the newest one of that moment', () => {
  const path = join(folder, 'one');
  written(path);
  expect(read(path, 100 * 300, '0.5')).toEqual([]);
  const [first] = read(path, 101 * 300, '0.5');
  expect(first).toMatchObject({ name: 'presage_forecast', labels: { instance: 'a', watch: 'w', quantile: '0.5' } });
  expect([...first.times]).toEqual([101, 102, 103, 104, 105, 106].map((index) => index * 300));
  expect([...first.values]).toEqual([1, 1, 1, 1, 1, 1]);
  expect([...read(path, 102 * 300 + 29, '0.5')[0].values]).toEqual([1, 1, 1, 1, 1, 1]);
  expect([...read(path, 102 * 300 + 30, '0.5')[0].values]).toEqual([1, 1, 2, 2, 2, 2]);
  expect([...read(path, 102 * 300 + 30, '0.9')[0].values]).toEqual([11, 11, 12, 12, 12, 12]);
  expect(read(path, 102 * 300 + 30, '0.1')).toEqual([]);
});

test('where samples stand for a shorter time than a step, what lies between is filled in', () => {
  const path = join(folder, 'two');
  written(path);
  expect([...read(path, 103 * 300, '0.5', 150)[0].values].slice(0, 6)).toEqual([1, 1, 1, 1.5, 2, 2]);
});
