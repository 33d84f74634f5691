import { expect, test } from 'vitest';
import { readModel } from '../../../grafana-plugin/src/model/readModel.ts';
import type { ChartAnswer, ChartSeries } from '../../../ml-sidecar/src/serve/answers.ts';
import { sourcesOf } from './sources.ts';
import type { PageTheme } from './theme.ts';
import { unitOf } from './unit.ts';

const theme: PageTheme = {
  isDark: false,
  axis: '#000000',
  grid: '#000000',
  palette: ['#111111', '#222222'],
  colors: {
    text: { primary: '#000000', maxContrast: '#000000' },
    background: { primary: '#ffffff' },
    error: { main: '#ff0000' },
    warning: { main: '#ffaa00' },
  },
  typography: { fontFamily: 'sans-serif' },
};
const now = 1000;
const series = (labels: Record<string, string>, rest: Partial<ChartSeries> = {}): ChartSeries => ({
  key: JSON.stringify(labels),
  labels,
  state: 'ready',
  score: 0.2,
  direction: 0,
  history: { times: [800, 900, 1000], values: [0.5, null, 0.7], anomalous: [0, 0, 0] },
  forecast: {
    times: [900, 1000, 1100, 1200],
    rows: [
      [0.4, 0.4, 0.4, 0.4],
      [0.5, 0.5, 0.6, 0.9],
      [0.6, 0.6, 0.8, 1],
    ],
  },
  outlook: [],
  ...rest,
});
const answer = (all: readonly ChartSeries[]): ChartAnswer => ({
  watch: 'disk',
  expr: 'disk',
  step: 100,
  horizon: 200,
  history: 1000,
  now,
  bounds: [0, 1],
  limits: [{ name: 'full', side: 'above', value: 0.8 }],
  levels: [0.1, 0.5, 0.9],
  series: all,
  more: 0,
});
const model = (all: readonly ChartSeries[], hidden: readonly string[] = []) =>
  readModel(sourcesOf(answer(all), unitOf(answer(all)), theme, new Set(hidden)), { shares: [0.5, 0.8, 0.95], threshold: 1 }, now * 1000);

test('history, median, band and limit of a series belong together', () => {
  const [one, ...more] = model([series({ instance: 'a' })]).series;
  expect(more).toEqual([]);
  expect(one).toMatchObject({ title: 'disk', color: '#111111', limits: [{ name: 'full > 80 %', value: 0.8 }] });
  expect([...one!.actual.values]).toEqual([0.5, NaN, 0.7]);
  expect([...one!.median.times]).toEqual([900_000, 1_000_000, 1_100_000, 1_200_000]);
  expect(one!.bands.map(({ share }) => share)).toEqual([0.8]);
});

test('the sidecar says when a limit is passed, not the crossing of the drawn lines', () => {
  const outlook = [{ limit: 'full', side: 'above', value: 0.8, seconds: [60, 120, null] } as const];
  const [one] = model([series({ instance: 'a' }, { outlook })]).series;
  expect(one!.breaches).toMatchObject([{ passed: false, median: 1_120_000, from: 1_060_000, to: null, share: 0.95 }]);
});

test('a marker stands where a run of anomalous values is farthest from what was expected', () => {
  const history = { times: [900, 1000], values: [0.3, 0.1], anomalous: [-1, -1] };
  const [one] = model([series({ instance: 'a' }, { history })]).series;
  expect(one!.anomalies).toMatchObject([{ from: 900_000, to: 1_000_000, time: 1_000_000, direction: -1, score: null }]);
});

test('series that differ in hostile labels stay apart, and can be hidden one by one', () => {
  const all = [series({ mountpoint: '/"><img src=x>' }), series({ mountpoint: '/a, b="c"' })];
  const { series: read, notices } = model(all, [all[0]!.key]);
  expect(read.map(({ title }) => title)).toEqual(['/"><img src=x>', '/a, b="c"']);
  expect(read.map(({ lead }) => lead.hidden)).toEqual([true, false]);
  expect(notices).toEqual([]);
});

test('labels that other forecasters use for themselves do not tear a series apart', () => {
  const { series: read } = model([series({ for: 'x', anomaly_name: 'y', model_alias: 'z' }), series({ for: 'w' })]);
  expect(read).toHaveLength(2);
  expect(read.every(({ actual, median }) => actual.times.length > 0 && median.times.length > 0)).toBe(true);
});
