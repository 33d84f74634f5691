import { UsageError } from '@presage/service/command-line.ts';
import { silentLogger } from '@presage/service/log.ts';
import { createWebServer } from '@presage/service/web.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { WatchSettings } from '../configuration/configuration.ts';
import { createHandler } from '../serve/handler.ts';
import type { Served } from '../serve/served.ts';
import { normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import { explain, explanationSchema } from '../watch/explanation.ts';
import { fromDisk } from '../watch/section.fixture.ts';
import { takeSnapshot, restoreSnapshot } from '../watch/snapshot.ts';
import { Watch } from '../watch/watch.ts';
import { explainCommand } from './explain.ts';
import { explanationText } from './explanation-text.ts';
import { shapeOf } from './shape.ts';

const step = 600;
const day = 144;
const gauges = { quantiles: [0.1, 0.5, 0.9], horizons: [3600, 6 * 3600, 86_400] };
const settings: WatchSettings = {
  name: 'memory',
  expr: 'memory',
  step,
  resolution: step,
  live: true,
  history: 7 * 86_400,
  horizon: 86_400,
  refit: 3600,
  delay: 0,
  bounds: [0, 100],
  limits: [{ name: 'full', side: 'above', value: 90 }],
  forecaster: 'auto',
  detector: 'robust-zscore',
  seriesLimit: 10,
};
const watch = new Watch(settings, shapeOf(settings, gauges));
const other = new Watch({ ...settings, name: 'load', limits: [] }, watch.shape);
const length = 7 * day;

const random = seededRandom(11);
const noise = (): number => normalQuantile(0.5 + (random() - 0.5) * 0.999_999);
const shapes: Record<string, (i: number) => number> = {
  seasonal: (i) => 50 + 10 * Math.sin((2 * Math.PI * i) / day) + noise(),
  leaking: (i) => 40 + Math.max(0, 0.4 * (i - 6.4 * day)) + 0.5 * noise(),
  noisy: () => 50 + 5 * noise(),
};

const served: { -readonly [K in keyof Served]: Served[K] } = {
  version: '1.2.3',
  gauges,
  watches: [
    { watch, health: { up: true, fault: undefined, lastSuccess: 0 } },
    { watch: other, health: { up: true, fault: undefined, lastSuccess: 0 } },
  ],
  receiver: { receive: () => ({ status: 204, message: '' }) },
  onScores: () => () => undefined,
  now: () => length * step + 10,
  ready: () => true,
  selfMetrics: async () => '',
};
const server = createWebServer({ listenAddresses: ['127.0.0.1:0'], handler: createHandler(served), log: silentLogger });
let url = '';

beforeAll(async () => {
  const options = { pause: async () => {}, clock: () => 0 };
  const matrix = Object.entries(shapes).map(([host, shape]) => ({
    labels: { host },
    values: Float64Array.from({ length }, (_, i) => shape(i)),
  }));
  await watch.load(length, length, matrix, options);
  const young = new Float64Array(length).fill(NaN).fill(3, length - 5);
  await other.load(length, length, [{ labels: { host: 'new' }, values: young }], options);
  [url] = await server.start();
});
afterAll(() => server.close());

/** Runs the command; gives its exit code and what it wrote. */
async function ask(...words: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const world = {
    read: (path: string): string => {
      throw new Error(`no such file: ${path}`);
    },
    write: (more: string) => void (text += more),
  };
  return {
    code: await explainCommand(world).bind(words.some((word) => word.startsWith('--url=')) ? words : [`--url=${url}`, ...words])(),
    text,
  };
}

async function explained(host: string): Promise<z.output<typeof explanationSchema>> {
  const { text } = await ask('--format=json', `{host="${host}"}`);
  return z.array(explanationSchema).parse(JSON.parse(text))[0];
}

test('every model tried is told with its loss and its weight, at every lead that could be compared', async () => {
  const { compared, state, model } = await explained('seasonal');
  expect([state, model]).toEqual(['ready', 'auto']);
  expect(compared?.leads.map(({ until }) => until)).toEqual([3600, 21_600, 86_400, null]);
  expect(compared?.origins).toBeGreaterThanOrEqual(3);
  for (const lead of compared?.leads.slice(0, 3) ?? []) {
    expect(lead.models.map(({ name }) => name)).toEqual(expect.arrayContaining(['analogs', 'ridge', 'seasonal-naive', 'last-value']));
    expect(lead.models.reduce((sum, one) => sum + (one.weight ?? NaN), 0)).toBeCloseTo(1, 6);
    for (const one of lead.models) expect(one.loss).toBeGreaterThan(0);
    expect(lead.loss).toBeLessThan(lead.models.find(({ name }) => name === 'last-value')?.loss ?? 0);
    expect(lead.bands.map(({ level }) => level)).toEqual([0.5, 0.8, 0.95]);
  }
});

test('a leak is told with the way that it is on, and when it is at the limit', async () => {
  const { ramp, limits, newest } = await explained('leaking');
  expect(ramp?.perHour).toBeCloseTo(2.4, 0);
  const wanted = ((90 - (newest.value ?? NaN)) / 0.4) * step;
  const median = limits[0].times.find(({ quantile }) => quantile === 0.5)?.seconds ?? NaN;
  expect(Math.abs(median - wanted)).toBeLessThan(0.25 * wanted);
});

test('noise says why nobody is paged on it, a young series what it waits for', async () => {
  expect(await explained('noisy')).toMatchObject({ state: 'unforecastable', because: expect.stringContaining('white noise') });
  expect(await explained('new')).toMatchObject({
    watch: 'load',
    state: 'learning',
    because: expect.stringContaining('5 values'),
    compared: null,
  });
});

test('a cycle that is neither day nor week is told with its span, and none where there is none', async () => {
  const disk = new Watch({ ...settings, name: 'disk' }, watch.shape);
  const values = Float64Array.from({ length }, (_, i) => 30 + 40 * ((i % 31) / 31) + noise());
  await disk.load(length, length, [{ labels: {}, values }], { pause: async () => {}, clock: () => 0 });
  const told = explanationText(explain(disk, [...disk.series.values()][0], gauges, length * step));
  expect(told).toMatch(/^ {2}seasons +day \(1d\), week \(1w\), cycle \(5h/m);
  const names = async (host: string): Promise<string[]> => (await explained(host)).seasons.map(({ name }) => name);
  expect([await names('seasonal'), await names('noisy'), await names('new')]).toEqual(Array.from({ length: 3 }, () => ['day', 'week']));
});

test('the same is told after a restart', async () => {
  const again = new Watch(settings, watch.shape);
  expect(restoreSnapshot(again, fromDisk(takeSnapshot(watch)))).toBe(true);
  for (const [key, series] of watch.series) expect(again.series.get(key)?.fitted).toEqual(series.fitted);
});

test('people get a table that names models, bands and limits', async () => {
  const { code, text } = await ask('{host="seasonal"}');
  expect(code).toBe(0);
  expect(text).toContain('memory{host="seasonal"}: ready\n');
  expect(text).toMatch(/^ {2}models +to 1h +to 6h +to 1d +beyond$/m);
  expect(text).toMatch(/^ {2}analogs +0\.\d\d +\d+(\.\d)? %/m);
  expect(text).toMatch(/^ {2}95 % +\d+(\.\d)? % /m);
  expect(text).toMatch(/^ {2}full \(above 90\) +/m);
});

test('series are chosen by watch, selector and limit', async () => {
  const hosts = async (...words: string[]): Promise<string[]> =>
    z
      .array(explanationSchema)
      .parse(JSON.parse((await ask('--format=json', ...words)).text))
      .map(({ labels }) => labels.host);
  expect(await hosts()).toEqual(['seasonal', 'leaking', 'noisy', 'new']);
  expect(await hosts('--watch=load')).toEqual(['new']);
  expect(await hosts('--limit=2')).toEqual(['seasonal', 'leaking']);
  expect(await hosts('{host=~"n.*"}')).toEqual(['noisy', 'new']);
});

test('where none matches, some are named that are there', async () => {
  const none = { code: 1, text: 'no series matches {host="nobody"}; there are, for example:\n' };
  const [seasonal, leaking, noisy] = ['seasonal', 'leaking', 'noisy'].map((host) => `  {host="${host}"}  of the watch memory\n`);
  const young = '  {host="new"}  of the watch load\n';
  expect(await ask('{host="nobody"}')).toEqual({ ...none, text: none.text + seasonal + young + leaking + noisy });
  expect(await ask('{host="nobody"}', '--watch=load')).toEqual({ ...none, text: none.text + young });
  expect(await ask('--format=json', '{host="nobody"}')).toEqual({ code: 1, text: '[]\n' });
  const { watches } = served;
  served.watches = [];
  expect(await ask()).toEqual({ code: 1, text: 'no series is there yet; presage check says what each watch finds\n' });
  served.watches = watches;
});

test.each([
  ['a selector that is none', ['host'.concat('=')], /^match\[\]: got "host=", want a selector/],
  ['a regular expression that is none', ['{host=~"("}'], /^match\[\]: got /],
  ['a watch that is not there', ['--watch=nope'], /^--watch: got "nope", want one of memory, load$/],
  ['a watch whose name is mistyped', ['--watch=memry'], /^--watch: got "memry", want memory$/],
  ['an address where nothing answers', ['--url=http://127.0.0.1:1'], /^--url: /],
  ['an address that is none', ['--url=nowhere'], /^--url: got "nowhere", want an address/],
  ['a password file that is not there', ['--http.username=me', '--http.password.file=gone'], /^--http\.password\.file: got "gone"/],
])('%s is told with place and wish', async (_, words, wanted) => {
  await expect(ask(...words)).rejects.toThrow(UsageError);
  await expect(ask(...words)).rejects.toThrow(wanted);
});

test('the list of all series tells watch, state and model', async () => {
  const answer: unknown = await (await fetch(`${url}api/v1/series?match[]={watch="memory"}&limit=2`)).json();
  expect(answer).toMatchObject({
    status: 'success',
    data: [{ watch: 'memory', labels: { host: 'seasonal' }, model: 'auto' }, { labels: { host: 'leaking' } }],
  });
  expect((await fetch(`${url}api/v1/series?limit=x`)).status).toBe(400);
});
