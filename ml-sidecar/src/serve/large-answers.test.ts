import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createWebServer } from '@presage/service/web.ts';
import { silentLogger } from '@presage/service/log.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { robustZscore } from '../detectors/robust-zscore.ts';
import { compileMatcher } from '../prometheus/matcher.ts';
import { gentleReadHandler, readHandler, readResponseHeaders } from '../prometheus/remote-read.ts';
import { snappyCompress } from '../prometheus/snappy.ts';
import { outlookOf, recentOutlooks } from '../watch/outlook.ts';
import { Watch } from '../watch/watch.ts';
import { createHandler } from './handler.ts';
import { lookAhead, metricsInPieces, renderMetrics } from './metrics.ts';
import { forecastSearch, forecastSource } from './read.ts';
import type { Served } from './served.ts';
import { testShape, testSettings } from './large-answers.fixture.ts';

const hosts = 300;
const steps = 60;
const watch = new Watch({ ...testSettings, seriesLimit: hosts }, { ...testShape, forecaster: seasonalNaive, detector: robustZscore });
const now = steps * 3600 + 5;
const served: Served = {
  version: '0',
  gauges: { quantiles: [0.1, 0.5, 0.9], horizons: [3600, 21_600] },
  watches: [{ watch, health: { up: true, fault: undefined, lastSuccess: now } }],
  receiver: { receive: () => ({ status: 204, message: '' }) },
  onScores: () => () => undefined,
  now: () => now,
  ready: () => true,
  selfMetrics: async () => 'presage_build_info 1\n',
};
const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler: createHandler(served), log: silentLogger });
let url = '';

beforeAll(async () => {
  const matrix = Array.from({ length: hosts }, (_, host) => ({
    labels: { instance: `host-${host}`, place: 'ü' },
    values: Float64Array.from({ length: steps }, (_, i) => host + Math.sin((2 * Math.PI * i) / 24)),
  }));
  await watch.load(steps, steps, matrix, { pause: async () => {}, clock: () => 0 });
  [url] = await server.start();
}, 60_000);
afterAll(() => server.close());

async function get(headers: Record<string, string>): Promise<{ readonly answer: IncomingMessage; readonly body: Buffer }> {
  const asked = request(`${url}metrics`, { headers }).end();
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return { answer, body: Buffer.concat(parts) };
}

test('a large page comes whole in pieces, compressed where the client takes it', async () => {
  const page = `${renderMetrics(served)}presage_build_info 1\n`;
  expect(page.length).toBeGreaterThan(2 ** 19);
  expect([...metricsInPieces(served)].every((piece) => piece.length < 2 ** 18)).toBe(true);
  const plain = await get({});
  expect(plain.body.toString()).toBe(page);
  const zipped = await get({ 'accept-encoding': 'gzip' });
  expect(zipped.answer.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.body).toString()).toBe(page);
});

test('each gauge stands in one block with its type, however many series there are', () => {
  const types = renderMetrics(served).match(/^# TYPE .*$/gm) ?? [];
  expect(new Set(types).size).toBe(types.length);
  expect(types[0]).toBe('# TYPE presage_series_state gauge');
  expect(renderMetrics(served).match(/^presage_series_state\{/gm)).toHaveLength(4 * hosts);
});

test('a client that goes in the middle of a page ends it, and the next one is answered', async () => {
  const asked = request(`${url}metrics`).end();
  const [answer]: IncomingMessage[] = await once(asked, 'response');
  await once(answer, 'data');
  answer.destroy();
  expect((await get({})).body.length).toBeGreaterThan(2 ** 19);
});

test('a remote read made little by little is the same, and others get their turn', async () => {
  const source = forecastSearch(served);
  // ReadRequest { query { start, end, matcher { __name__ = presage_forecast } } }
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const matcher = [0x12, ...text('__name__'), 0x1a, ...text('presage_forecast')];
  const query = [0x08, 0, 0x10, 0xff, 0xff, 0xff, 0x7f, 0x1a, matcher.length, ...matcher];
  const body = snappyCompress(Uint8Array.from([0x0a, query.length, ...query]));
  const whole = readHandler(forecastSource(served))(body);
  let turns = 0;
  const pieces = await gentleReadHandler(source)(body, () => void turns++);
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  expect(whole.length).toBeGreaterThan(2 ** 19);
  expect(turns).toBeGreaterThanOrEqual(hosts);
  const answered = await fetch(`${url}api/v1/read`, { method: 'POST', body });
  expect(Buffer.from(await answered.arrayBuffer()).equals(whole)).toBe(true);
  expect(answered.headers.get('content-type')).toBe(readResponseHeaders['content-type']);
});

test('a read that nothing passes lets others have their turn as well', () => {
  const none = [...forecastSearch(served).select([compileMatcher('instance', '=~', 'no.*')], 0, 8.64e15)];
  expect(none.length).toBeGreaterThan(3);
  expect(none.every((one) => one === undefined)).toBe(true);
});

test('what is said of a limit is worked out once for a grid time, and anew when something changes', () => {
  const [series] = watch.series.values();
  const asked = (time: number) => outlookOf(series, testSettings.limits, time, [0.1, 0.5, 0.9], [3600, 21_600]);
  const [first] = asked(now);
  const [later] = asked(now + 600);
  expect(later.probabilities).toBe(first.probabilities);
  expect(later.seconds.map((each, i) => (each === Infinity ? 600 : first.seconds[i] - each))).toEqual([600, 600, 600]);
  expect(asked(now + 3600)[0].probabilities).not.toBe(first.probabilities);
  expect(asked(now)[0]).toEqual(first);
  const before = asked(now)[0];
  series.forecasts.install({ start: (steps + 1) * 3600, rows: series.shape.levels.map(() => new Float32Array(30).fill(200)) }, 3600);
  expect(asked(now)[0].probabilities).toEqual([1, 1]);
  expect(before.probabilities).not.toEqual([1, 1]);
});

test('a scrape makes do with what was worked out for the grid time before, unless the value has passed a limit since', () => {
  const series = [...watch.series.values()][1];
  const { limits } = testSettings;
  const recentOutlookOf = recentOutlooks(1, () => 0);
  const question = (time: number): Parameters<typeof outlookOf> => [series, limits, time, [0.1, 0.5, 0.9], [3600, 21_600]];
  // The others of this watch are looked at as well.
  expect([...lookAhead(watch, served.gauges, now)]).toHaveLength(hosts);
  const [ahead] = outlookOf(...question(now));
  const [recent] = recentOutlookOf(...question(now + 3600));
  expect(recent.probabilities).toBe(ahead.probabilities);
  expect(recent.seconds.map((each) => each + 3600)).toEqual([...ahead.seconds].map((each) => Math.max(3600, each)));
  expect(recentOutlookOf(...question(now + 7200))[0].probabilities).not.toBe(ahead.probabilities);
  series.observe(150);
  expect(recentOutlookOf(...question(now + 7200))[0]).toEqual({ limit: 'full', seconds: [0, 0, 0], probabilities: [1, 1] });
});

test('what lies ahead is not worked out for longer than a scrape can wait', () => {
  const { limits } = testSettings;
  let time = 0;
  const spent = recentOutlooks(0.5, () => (time += 0.3));
  const [first, second, third, fourth] = watch.series.values();
  const ask = (series: typeof first, at: number, quantiles = [0.1]) => spent(series, limits, at, quantiles, [3600]);
  const later = now + 5 * 3600;
  expect(ask(third, now)).toHaveLength(1);
  expect(ask(fourth, now)).toHaveLength(1);
  // Half a second has been spent: what is known is shown, however old, and nothing is worked out.
  expect(ask(first, later)).toEqual([]);
  expect(ask(fourth, later)[0].probabilities).toBe(outlookOf(fourth, limits, now, [0.1], [3600])[0].probabilities);
  expect(ask(second, later, [0.2])).toEqual([]);
  expect(recentOutlooks(0.5, () => 0)(first, limits, later, [0.1], [3600])).toHaveLength(1);
});
