import { expect, test } from 'vitest';
import { presets } from '../configuration/presets/index.ts';
import { selectorWriter } from '../configuration/presets/preset.ts';
import { bareCounterIn } from './bare-counter.ts';

test.each([
  ['jobs_total', 'jobs_total'],
  ['jobs_total{job="a"} offset 5m', 'jobs_total{job="a"}'],
  ['{__name__="jobs_total"}', '{__name__="jobs_total"}'],
  ['-(8 * jobs_total)', 'jobs_total'],
  ['sum by (job) (jobs_total)', 'jobs_total'],
  ['took_seconds_sum / took_seconds_count', 'took_seconds_sum'],
  ['rate(took_seconds_sum[5m]) / took_seconds_count', 'took_seconds_count'],
  ['histogram_quantile(0.9, took_seconds_bucket)', 'took_seconds_bucket'],
  ['max_over_time(jobs_total[5m])', 'jobs_total'],
  ['delta(jobs_total[5m])', 'jobs_total'],
])('%s reads the level of a counter', (expr, selector) => {
  expect(bareCounterIn(expr)).toEqual({ selector, instead: `rate(${selector}[5m])` });
});

test.each([
  '',
  'up',
  'memory_bytes / total_bytes',
  'rate(jobs_total[5m])',
  '1 - avg by (job) (irate(jobs_total[5m]))',
  'sum(increase(jobs_total{job="a"}[1h])) * 2',
  'resets(jobs_total[1d])',
  'max_over_time(rate(jobs_total[5m])[1h:1m])',
  'histogram_quantile(0.9, sum by (le) (rate(took_seconds_bucket[5m])))',
  'rate(took_seconds_sum[5m]) / rate(took_seconds_count[5m])',
  'count(jobs_total)',
  'absent(jobs_total)',
  'label_replace(rate(jobs_total[5m]), "a", "$1", "b", "(.*)")',
])('%s does not', (expr) => {
  expect(bareCounterIn(expr)).toBeUndefined();
});

test('no watch of a preset does', () => {
  const watches = presets.flatMap((preset) => preset.watches(selectorWriter('')));
  expect(watches.length).toBeGreaterThan(5);
  expect(watches.filter(({ expr }) => bareCounterIn(expr) !== undefined)).toEqual([]);
});
