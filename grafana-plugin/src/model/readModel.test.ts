import { describe, expect, test } from 'vitest';
import { bandName } from './bands.ts';
import { breachWords } from './breach.ts';
import { readModel } from './readModel.ts';
import { source } from './sources.fixture.ts';

const options = { shares: [0.5, 0.8, 0.95], threshold: 1 };
const host = { instance: 'a' };
const watch = { ...host, watch: 'cpu' };
const limit = { name: 'limit 90', side: 'above', value: 90, color: 'red' } as const;
const forecast = (quantile: string, values: (number | null)[], name = 'presage_forecast') =>
  source({ __name__: name, ...watch, quantile }, [80, 90, 110, 120], values);
const only = (...fields: ReturnType<typeof source>[]) => readModel(fields, options, 100).series[0]!;

describe('past and future', () => {
  test('history ends at now, however often the data source repeats its last sample', () => {
    expect([...only(source(host, [80, 100, 120, 140], [1, 2, 2, 2])).actual.times]).toEqual([80, 100]);
  });

  test('what was expected goes before the forecast for the past, and the forecast makes the future', () => {
    const series = only(
      forecast('0.5', [1, 1, 2, 2]),
      source({ __name__: 'presage_expected', ...watch, quantile: '0.5' }, [80, 90, 100], [5, 6, 7]),
    );
    expect([...series.median.times]).toEqual([80, 90, 100, 110, 120]);
    expect([...series.median.values]).toEqual([5, 6, 7, 2, 2]);
  });

  test('horizon gauges stand at the time they speak of', () => {
    const gauge = (horizon: string, values: number[]) =>
      source({ __name__: 'presage_predicted', ...watch, quantile: '0.5', horizon }, [60_000, 120_000], values);
    const { series } = readModel([gauge('10m', [3, 4]), gauge('1m', [1, 2])], options, 130_000);
    expect([...series[0]!.median.times]).toEqual([120_000, 180_000, 720_000]);
    expect([...series[0]!.median.values]).toEqual([1, 2, 4]);
  });
});

describe('bands', () => {
  test('are pairs of levels, widest first, and only those asked for', () => {
    const fields = ['0.025', '0.1', '0.25', '0.75', '0.9', '0.975'].map((level) => forecast(level, [1, 1, 1, 1]));
    expect(readModel(fields, { ...options, shares: [0.5, 0.95] }, 100).series[0]!.bands.map(bandName)).toEqual(['95 %', '50 %']);
  });

  test('stand without a median', () => {
    const series = only(forecast('0.1', [1, 1, 1, 1]), forecast('0.9', [2, 2, 2, 2]));
    expect(series.median.times).toHaveLength(0);
    expect(series.bands).toHaveLength(1);
  });

  test('lie between the smaller and the larger where quantiles cross, and say so', () => {
    const model = readModel([forecast('0.1', [1, 5, 1, 1]), forecast('0.9', [2, 2, 2, 2])], options, 100);
    expect([...model.series[0]!.bands[0]!.lower]).toEqual([1, 2, 1, 1]);
    expect([...model.series[0]!.bands[0]!.upper]).toEqual([2, 5, 2, 2]);
    expect(model.notices).toEqual(['1 sample where quantiles cross, the band drawn between the smaller and the larger']);
  });

  test('a level without a partner is named', () => {
    expect(readModel([forecast('0.9', [1, 1, 1, 1])], options, 100).notices[0]).toMatch(/quantile 0.9 has no partner 0.1/);
  });

  test('of Grafana ML are found by yhat', () => {
    const ml = (part: string) => source({ __name__: 'x:predicted', ...host, ml_forecast: part }, [80, 120], [1, 2]);
    const series = only(source({ __name__: 'x:actual', ...host }, [80], [1]), ml('yhat'), ml('yhat_lower'), ml('yhat_upper'));
    expect([series.actual.times.length, series.median.times.length, series.bands.map(bandName)]).toEqual([1, 2, ['expected range']]);
  });
});

describe('anomalies', () => {
  const times = [10, 20, 30, 40, 50, 60];
  const actual = source(host, times, [1, 9, 8, 1, 0, 1]);

  test('are runs of scores above the threshold, each with its peak and direction', () => {
    const score = source({ __name__: 'presage_anomaly_score', ...watch }, times, [0, 2, 3, 0.9, 1.5, 0]);
    const way = source({ __name__: 'presage_anomaly_direction', ...watch }, times, [0, 1, 1, 0, -1, 0]);
    expect(only(actual, score, way).anomalies).toEqual([
      { from: 20, to: 30, time: 30, score: 3, direction: 1, value: 8 },
      { from: 50, to: 50, time: 50, score: 1.5, direction: -1, value: 0 },
    ]);
  });

  test('come from the band where its maker calls anomalous what leaves it', () => {
    const edge = (side: string, value: number) =>
      source(
        { __name__: `anomaly:${side}_band`, ...host, anomaly_name: 'x' },
        times,
        times.map(() => value),
      );
    expect(only(actual, edge('upper', 5), edge('lower', 0.5)).anomalies.map((one) => [one.from, one.to, one.direction])).toEqual([
      [20, 30, 1],
      [50, 50, -1],
    ]);
  });

  test('are not made of a calibrated band, which one sample in twenty leaves', () => {
    const quantile = (level: string, value: number) =>
      source(
        { __name__: 'presage_expected', ...watch, quantile: level },
        times,
        times.map(() => value),
      );
    expect(only(actual, quantile('0.975', 5), quantile('0.025', 0.5)).anomalies).toEqual([]);
  });

  test('scores alone are drawn as a line', () => {
    expect([...only(source({ __name__: 'presage_anomaly_score', ...watch }, [10, 20], [0, 2])).actual.values]).toEqual([0, 2]);
  });
});

describe('a breach', () => {
  const clock = (time: number): string => String(Math.round(time));
  const words = (...fields: ReturnType<typeof source>[]) => only(...fields).breaches.map((breach) => breachWords(breach, clock));
  const history = source(host, [80, 90], [50, 50], { limits: [limit] });

  test('is where median and edges pass the limit, on the line between samples', () => {
    const fields = [forecast('0.025', [0, 0, 80, 85]), forecast('0.5', [0, 50, 80, 100]), forecast('0.975', [0, 60, 100, 120])];
    expect(words(history, ...fields)).toEqual(['limit 90: about 115 (95 %: not before 105)']);
  });

  test('names both ends when the whole band passes', () => {
    const fields = [forecast('0.025', [0, 0, 80, 100]), forecast('0.5', [0, 0, 91, 100]), forecast('0.975', [0, 0, 100, 120])];
    expect(words(history, ...fields)).toEqual(['limit 90: about 110 (95 % between 108 and 115)']);
  });

  test('only the edge reaches the limit', () => {
    const fields = [forecast('0.025', [0, 0, 0, 0]), forecast('0.5', [0, 0, 0, 0]), forecast('0.975', [0, 0, 80, 100])];
    expect(words(history, ...fields)).toEqual(['limit 90: possible, 95 %: not before 115']);
  });

  test('a limit passed already is not forecast', () => {
    expect(words(source(host, [80, 90], [50, 95], { limits: [limit] }), forecast('0.5', [0, 0, 100, 100]))).toEqual([
      'limit 90: passed already',
    ]);
  });

  test('the gauges of a named limit find its value and side', () => {
    const left = source({ __name__: 'presage_time_to_limit_seconds', ...watch, limit: 'full', quantile: '0.5' }, [100], [0.02]);
    const value = source({ __name__: 'presage_limit', ...watch, limit: 'full', side: 'above' }, [80, 100], [90, 90]);
    const series = only(source(host, [80, 90], [50, 50]), forecast('0.5', [0, 0, 0, 0]), left, value);
    expect(series.limits).toEqual([{ name: 'full', side: 'above', value: 90, color: '' }]);
    expect(series.breaches).toMatchObject([{ limit: { name: 'full', value: 90 }, median: 120 }]);
  });

  test('a limit out of reach, or below an axis that falls towards it, is looked at from its own side', () => {
    const low = source(host, [80, 90], [50, 50], { limits: [{ ...limit, name: 'low', side: 'below', value: 10 }] });
    expect(words(low, forecast('0.5', [50, 50, 0, 0]))).toEqual(['low: about 106']);
    expect(words(history, forecast('0.5', [50, 50, 50, 50]))).toEqual([]);
  });

  test('is told by the time-to-limit gauges before all else', () => {
    const gauge = (quantile: string, seconds: number) =>
      source({ __name__: 'presage_time_to_limit_seconds', ...watch, limit: 'full', quantile }, [90, 100, 200], [1, seconds, 7]);
    expect(words(history, gauge('0.1', 1), gauge('0.5', 2), gauge('0.9', Infinity))).toEqual(['full: about 2100 (80 %: not before 1100)']);
    expect(words(history, gauge('0.1', Infinity), gauge('0.5', Infinity))).toEqual([]);
    expect(words(history, gauge('0.5', 0))).toEqual(['full: passed already']);
  });
});

test('bad samples are mended and told', () => {
  const { notices } = readModel([source(host, [30, 10, 20, 20], [1, Infinity, 2, 3])], options, 100);
  expect(notices).toEqual([
    '1 sample infinite, shown as gaps',
    '3 samples out of order, sorted',
    '1 sample at a time seen before, the last kept',
  ]);
});
