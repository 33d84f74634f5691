import { describe, expect, test } from 'vitest';
import { durationMs, metricName, recognise, seriesKey, watchOf } from './roles.ts';

describe('a field is recognised', () => {
  test.each([
    ['presage_forecast', { quantile: '0.9' }, { kind: 'quantile', source: 'forecast', level: 0.9 }],
    ['presage_expected', { quantile: '0.5' }, { kind: 'quantile', source: 'expected', level: 0.5 }],
    ['presage_predicted', { quantile: '0.1', horizon: '6h' }, { kind: 'ahead', level: 0.1, horizon: 21_600_000 }],
    ['presage_predicted', { quantile: '0.1', horizon: '3600' }, { kind: 'ahead', level: 0.1, horizon: 3_600_000 }],
    ['presage_anomaly_score', {}, { kind: 'score' }],
    ['presage_anomaly_direction', {}, { kind: 'direction' }],
    ['presage_limit', { limit: 'full', side: 'above' }, { kind: 'limit', name: 'full', side: 'above' }],
    ['presage_limit', { limit: 'low', side: 'below' }, { kind: 'limit', name: 'low', side: 'below' }],
    ['presage_time_to_limit_seconds', { limit: 'full', quantile: '0.1' }, { kind: 'time-to-limit', limit: 'full', level: 0.1 }],
    ['presage_forecast', { quantile: 'most' }, { kind: 'aside' }],
    ['presage_forecast', {}, { kind: 'aside' }],
    ['', { quantile: '0.9', watch: 'cpu' }, { kind: 'quantile', source: 'forecast', level: 0.9 }],
    ['rate:predicted', { ml_forecast: 'yhat' }, { kind: 'quantile', source: 'forecast', level: 0.5 }],
    ['rate:predicted', { ml_forecast: 'yhat_lower' }, { kind: 'edge', side: 'lower' }],
    ['rate:anomalous', {}, { kind: 'direction' }],
    ['rate:actual', {}, { kind: 'actual' }],
    ['yhat', { for: 'cpu' }, { kind: 'quantile', source: 'forecast', level: 0.5 }],
    ['yhat_upper', { for: 'cpu' }, { kind: 'edge', side: 'upper' }],
    ['anomaly_score', { for: 'cpu' }, { kind: 'score' }],
    ['anomaly:upper_band', { anomaly_name: 'rps' }, { kind: 'edge', side: 'upper' }],
    ['anomaly:adaptive:band:lower', {}, { kind: 'edge', side: 'lower' }],
    ['go_gc_duration_seconds', { quantile: '0.5' }, { kind: 'actual' }],
    ['node_load1', {}, { kind: 'actual' }],
  ])('%s %o', (name, labels, role) => {
    expect(recognise(name, { ...labels })).toEqual(role);
  });

  test('by an override before its name', () => {
    expect(recognise('presage_forecast', { quantile: '0.5' }, 'actual')).toEqual({ kind: 'actual' });
    expect(recognise('my_low', {}, 'lower')).toEqual({ kind: 'edge', side: 'lower' });
    expect(recognise('filefd_maximum', {}, 'limit')).toEqual({ kind: 'limit', name: null, side: 'above' });
  });

  test('by its own name where no label gives one, for Prometheus calls every field Value', () => {
    expect(metricName('Value', {})).toBe('');
    expect(metricName('yhat', {})).toBe('yhat');
    expect(metricName('Value', { __name__: 'node_load1' })).toBe('node_load1');
  });
});

test('a series is the same whatever the forecaster added to its labels', () => {
  const actual = seriesKey({ __name__: 'node_load1', instance: 'a "b" é', job: 'node' });
  expect(seriesKey({ __name__: 'presage_forecast', job: 'node', instance: 'a "b" é', watch: 'load', quantile: '0.5' })).toBe(actual);
  expect(seriesKey({ instance: 'other', job: 'node' })).not.toBe(actual);
  expect(watchOf({ for: 'load' })).toBe('load');
});

test.each([
  ['6h', 21_600_000],
  ['1d12h', 129_600_000],
  ['90', 90_000],
  ['250ms', 250],
  ['', null],
  ['soon', null],
])('the duration %j is %j ms', (text, wanted) => {
  expect(durationMs(text)).toBe(wanted);
});
