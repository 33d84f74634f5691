import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeOnGrafana } from './onGrafana.ts';
import { baseScene, now, promFrame, timesFrom } from './scenes.ts';
import type { SceneFrame } from './scene.ts';

const hour = 3_600_000;
const past = timesFrom(now - 6 * hour, 600_000, 37);
const all = timesFrom(now - 6 * hour, 600_000, 55);
const host = { instance: 'a', job: 'node' };
const flat = (times: number[], value: number): number[] => times.map(() => value);
const actual = past.map((_, index) => (index === 20 ? 9 : 5));
const line = (name: string, labels: Record<string, string>, times: number[], value: number): SceneFrame =>
  promFrame('B', { __name__: name, ...host, ...labels }, times, flat(times, value));

/** The names under which others publish a forecast of one series: its actual, its expected value and its band. */
const conventions: [string, SceneFrame[], RegExp[]][] = [
  [
    'presage_expected and remote-read presage_forecast',
    [
      promFrame('A', { __name__: 'node_load1', ...host }, past, actual),
      ...[0.1, 0.5, 0.9].flatMap((level, index) => [
        line('presage_forecast', { watch: 'load', quantile: String(level) }, all, 4 + index),
        line('presage_expected', { watch: 'load', quantile: String(level) }, past, 4 + index),
      ]),
    ],
    [/expected\s+5/, /80 %\s+4 – 6/],
  ],
  [
    'horizon gauges',
    [
      promFrame('A', host, past, actual),
      ...['10m', '1h', '3h'].flatMap((horizon) =>
        [0.1, 0.5, 0.9].map((level, index) =>
          line('presage_predicted', { watch: 'load', quantile: String(level), horizon }, past, 4 + index),
        ),
      ),
    ],
    [/expected\s+5/, /80 %\s+4 – 6/],
  ],
  [
    'Grafana ML',
    [
      line('rate:actual', {}, past, 5),
      line('rate:predicted', { ml_forecast: 'yhat' }, all, 5),
      line('rate:predicted', { ml_forecast: 'yhat_lower' }, all, 4),
      line('rate:predicted', { ml_forecast: 'yhat_upper' }, all, 6),
    ],
    [/expected\s+5/, /expected range\s+4 – 6/],
  ],
  [
    'vmanomaly',
    [
      promFrame('A', host, past, actual),
      line('yhat', { for: 'load' }, all, 5),
      line('yhat_lower', { for: 'load' }, all, 4),
      line('yhat_upper', { for: 'load' }, all, 6),
      line('anomaly_score', { for: 'load' }, past, 0.5),
    ],
    [/expected\s+5/, /expected range\s+4 – 6/],
  ],
  [
    'anomaly:*_band rules',
    [
      promFrame('A', host, past, actual),
      line('anomaly:lower_band', { anomaly_name: 'load' }, all, 4),
      line('anomaly:upper_band', { anomaly_name: 'load' }, all, 6),
    ],
    [/expected range\s+4 – 6/],
  ],
];

describeOnGrafana('the panel understands', (stage) => {
  test.each(conventions)('%s without configuration', async (name, frames, wanted) => {
    const { page, show } = stage();
    await page.mouse.move(0, 0);
    await show(baseScene({ key: name, frames, from: now - 6 * hour, to: now + 3 * hour, fieldConfig: { defaults: {}, overrides: [] } }));
    await page.locator('.uplot').focus();
    await page.keyboard.press('n');
    await page.keyboard.press('ArrowRight');
    const text = await page.getByTestId('forecast-tooltip').innerText();
    for (const part of wanted) expect(text).toMatch(part);
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-testid*="VizLegend series"]').count()).toBe(1);
  });

  test('what to suggest itself for: forecasts, and nothing else', async () => {
    const { page } = stage();
    const suggests = (frames: SceneFrame[]): Promise<string[]> =>
      page.evaluate((shown) => Reflect.get(window, 'host').suggest(shown), frames);
    expect(await suggests(conventions[0]![1])).toEqual(['Forecast']);
    expect(await suggests([promFrame('A', { __name__: 'node_load1' }, past, actual)])).toEqual([]);
  });

  test('its defaults', async () => {
    const { page, show } = stage();
    await show(baseScene({ key: 'defaults' }));
    const options = await page.evaluate(() => Reflect.get(window, 'host').report.options);
    expect(options).toMatchObject({
      bands: [50, 80, 95],
      showPast: true,
      showNow: true,
      anomalyThreshold: 1,
      layout: 'overlay',
      limitSide: 'above',
      tooltip: { mode: 'multi' },
      legend: { showLegend: true },
    });
  });
});

describe('module.js', () => {
  const file = fileURLToPath(new URL('../dist/module.js', import.meta.url));

  test('is at most 60 kB', () => {
    expect(statSync(file).size).toBeLessThanOrEqual(60 * 1024);
  });

  test('asks Grafana for nothing that 11.6.0 does not share', () => {
    const asked: unknown = JSON.parse(/define\((\[[^\]]*\])/.exec(readFileSync(file, 'utf8'))?.[1] ?? '[]');
    expect(asked).toEqual(['@emotion/css', '@grafana/data', '@grafana/ui', 'react']);
  });
});

describe('what the catalogue reads', () => {
  const dist = new URL('../dist/', import.meta.url);
  const { info }: { info: { version: string; updated: string; screenshots: { name: string; path: string }[] } } = JSON.parse(
    readFileSync(new URL('plugin.json', dist), 'utf8'),
  );

  test('has its version and day filled in', () => {
    expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(info.updated).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test('names every picture, each there and of at most 200 kB', () => {
    const pictures = readdirSync(new URL('img/', dist)).filter((name) => name.endsWith('.png'));
    expect(info.screenshots.map(({ path }) => path).toSorted()).toEqual(pictures.map((name) => `img/${name}`).toSorted());
    expect(pictures.length).toBeGreaterThanOrEqual(3);
    for (const { path } of info.screenshots) expect(statSync(new URL(path, dist)).size).toBeLessThanOrEqual(200 * 1000);
  });

  test('has a README whose pictures are there', () => {
    const shown = [...readFileSync(new URL('README.md', dist), 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path!);
    expect(shown.length).toBeGreaterThanOrEqual(3);
    for (const path of shown) expect(statSync(new URL(path, dist)).isFile()).toBe(true);
  });
});
