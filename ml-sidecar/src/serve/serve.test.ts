import { request as httpRequest } from 'node:http';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { compileMatcher } from '../prometheus/matcher.ts';
import type { WriteReply } from '../prometheus/remote-write.ts';
import { Watch } from '../watch/watch.ts';
import { createHandler } from './handler.ts';
import { renderMetrics } from './metrics.ts';
import { forecastSource } from './read.ts';
import type { Served } from './served.ts';

const step = 600;
const settings: WatchSettings = {
  name: 'disk',
  expr: 'disk',
  step,
  resolution: step,
  live: true,
  history: 5 * 86_400,
  horizon: 86_400,
  refit: 3600,
  delay: 0,
  bounds: [0, 1],
  limits: [
    { name: 'full', side: 'above', value: 0.65 },
    { name: 'never', side: 'above', value: 0.99 },
    { name: 'passed', side: 'above', value: 0.1 },
  ],
  forecaster: 'seasonal-naive',
  detector: 'robust-zscore',
  detection: autoDefaults,
  seriesLimit: 10,
};
const steps = 4 * 144;
const watch = new Watch(settings, {
  step,
  historySteps: 720,
  horizonSteps: 144,
  refitSteps: 6,
  bounds: [0, 1],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  leads: [6, 36, 144],
  forecaster: seasonalNaive,
  detector: robustZscore,
});
const wave = Float64Array.from({ length: steps }, (_, i) => 0.5 + 0.2 * Math.sin((2 * Math.PI * i) / 144) + 0.01 * Math.sin(i * 12.9898));
const labels = { instance: 'web-1:9100', mountpoint: '/da"ta\\' };

let now = 0;
const writeReply: WriteReply = { status: 204, message: '' };
let ready = true;
const served: Served = {
  version: '1.2.3',
  gauges: { quantiles: [0.1, 0.5, 0.9], horizons: [3600, 86_400, 7 * 86_400] },
  watches: [{ watch, health: { up: false, fault: 'connect <refused>', lastSuccess: undefined } }],
  receiver: { receive: () => writeReply },
  onScores: () => () => undefined,
  now: () => now,
  ready: () => ready,
  selfMetrics: async () => '# TYPE presage_build_info gauge\npresage_build_info 1\n',
};
const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler: createHandler(served), log: silentLogger });
let url = '';

beforeAll(async () => {
  await watch.load(steps, steps, [{ labels, values: wave }], { pause: async () => {}, clock: () => 0 });
  now = steps * step + 10;
  [url] = await server.start();
});
afterAll(() => server.close());

const head = '{instance="web-1:9100",mountpoint="/da\\"ta\\\\",watch="disk"';

/** Value of a sample of the page, by its exact name and labels. */
function valueOf(sample: string): number | undefined {
  const line = renderMetrics(served)
    .split('\n')
    .find((one) => one.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1).replace('+Inf', 'Infinity'));
}

test('every gauge stands on /metrics with the labels of its series and its own', () => {
  expect(valueOf(`presage_series_state${head},state="ready"}`)).toBeDefined();
  // Kept in 32 bits.
  expect(valueOf(`presage_observed${head}}`)).toBeCloseTo(wave[steps - 1], 6);
  expect(valueOf(`presage_anomaly_score${head}}`)).toBeLessThan(1);
  expect(valueOf(`presage_anomaly_direction${head}}`)).toBe(0);
  expect(Math.abs((valueOf(`presage_expected${head},quantile="0.5"}`) ?? NaN) - wave[steps - 1])).toBeLessThan(0.05);
  const sixHours = 0.5 + 0.2 * Math.sin((2 * Math.PI * 6) / 144);
  expect(Math.abs((valueOf(`presage_predicted${head},horizon="1h",quantile="0.5"}`) ?? NaN) - sixHours)).toBeLessThan(0.05);
  expect(valueOf(`presage_model_info${head},model="seasonal-naive"}`)).toBe(1);
  expect(valueOf(`presage_last_fit_timestamp_seconds${head},model="seasonal-naive"}`)).toBe(steps * step);
  expect(valueOf(`presage_interval_coverage_ratio${head},level="0.95"}`)).toBeGreaterThan(0.7);
});

test('horizons beyond that of the watch are left out', () => {
  expect(valueOf(`presage_predicted${head},horizon="1w",quantile="0.5"}`)).toBeUndefined();
});

test('time to limit counts from now, is +Inf where the limit is out of reach and 0 where it is passed', () => {
  // 0.5 + 0.2 sin(2π i/144) passes 0.65 at i ≈ 19.4 of the day; the day starts at step `steps`.
  const seconds = valueOf(`presage_time_to_limit_seconds${head},limit="full",quantile="0.5"}`) ?? NaN;
  expect(Math.abs(seconds - 19.4 * step)).toBeLessThan(3 * step);
  expect(valueOf(`presage_time_to_limit_seconds${head},limit="never",quantile="0.5"}`)).toBe(Infinity);
  expect(valueOf(`presage_time_to_limit_seconds${head},limit="passed",quantile="0.9"}`)).toBe(0);
  expect(valueOf(`presage_limit_probability_ratio${head},limit="full",horizon="1d"}`)).toBeGreaterThan(0.9);
  expect(valueOf(`presage_limit_probability_ratio${head},limit="never",horizon="1d"}`)).toBeLessThan(0.05);
  expect(valueOf(`presage_limit_probability_ratio${head},limit="passed",horizon="1h"}`)).toBe(1);
});

test('a limit stands beside what is said of it, with its side', () => {
  expect(valueOf(`presage_limit${head},limit="full",side="above"}`)).toBe(0.65);
  expect(valueOf(`presage_limit${head},limit="passed",side="above"}`)).toBe(0.1);
});

test('remote read gives seven levels, past and future, ordered at every time', () => {
  const matchers = [compileMatcher('__name__', '=', 'presage_forecast'), compileMatcher('instance', '=~', 'web-.*')];
  const all = [...forecastSource(served).select(matchers, 0, 8.64e15)];
  expect(all.map((series) => series.labels.quantile)).toEqual(['0.025', '0.1', '0.25', '0.5', '0.75', '0.9', '0.975']);
  expect(all[0].labels).toEqual({ ...labels, watch: 'disk', quantile: '0.025' });
  const { times } = all[0];
  expect(times[0]).toBeLessThan(now - 43_200);
  expect(times.at(-1)).toBeGreaterThanOrEqual(now + 86_400 - step);
  // The step of ten minutes is wider than Prometheus looks back, so that values are filled in.
  expect(times[1] - times[0]).toBe(300);
  for (let i = 1; i < all.length; i++) expect(all[i].values.every((value, h) => value >= all[i - 1].values[h])).toBe(true);
});

test('matchers choose the level', () => {
  const matchers = [compileMatcher('quantile', '=', '0.5'), compileMatcher('watch', '!=', 'cpu')];
  expect([...forecastSource(served).select(matchers, 0, 8.64e15)]).toHaveLength(1);
});

test('a vanished series shows its state alone', () => {
  const later = new Watch(settings, watch.shape);
  for (const [key, series] of watch.series) later.series.set(key, series);
  later.lastIndex = watch.lastIndex + 10;
  const page = renderMetrics({ ...served, watches: [{ watch: later, health: { up: true, fault: undefined, lastSuccess: now } }] });
  expect(page).toContain(`presage_series_state${head},state="stale"} 1`);
  expect(page).not.toContain('presage_anomaly_score{');
});

test('readiness says when history is still loading', async () => {
  ready = false;
  expect((await fetch(`${url}-/ready`)).status).toBe(503);
  ready = true;
  expect((await fetch(`${url}-/ready`)).status).toBe(200);
  expect((await fetch(`${url}-/healthy`)).status).toBe(200);
});

test('the API answers in the form of Prometheus', async () => {
  const watches = await (await fetch(`${url}api/v1/watches`)).json();
  expect(watches).toMatchObject({ status: 'success', data: [{ name: 'disk', series: 1, up: false, fault: 'connect <refused>' }] });
  const series = await (await fetch(`${url}api/v1/series/disk`)).json();
  expect(series).toMatchObject({ status: 'success', data: [{ labels, state: expect.any(String), model: 'seasonal-naive' }] });
  const none = await fetch(`${url}api/v1/series/nope`);
  expect(none.status).toBe(404);
  expect(await none.json()).toEqual({ status: 'error', errorType: 'not_found', error: 'no watch "nope"' });
});

test('the page escapes what it shows and forbids scripts', async () => {
  const page = await fetch(url);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('connect &lt;refused&gt;');
});

test.each([
  ['a body that is not snappy', 'POST', Buffer.from('nonsense'), 400],
  ['a body over the limit', 'POST', Buffer.alloc(2 ** 20 + 1), 413],
  ['another method', 'GET', undefined, 405],
])('remote read refuses %s', async (_, method, body, status) => {
  const answer = await new Promise<number>((resolve, reject) => {
    const sent = httpRequest(`${url}api/v1/read`, { method }, (response) => resolve(response.statusCode ?? 0));
    sent.on('error', reject);
    sent.end(body);
  });
  expect(answer).toBe(status);
});
