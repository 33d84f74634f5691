import { describe, expect, test } from 'vitest';
import { unitOf } from './unit.ts';

const free = [null, null];

test.each([
  ['1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[2m]))', [0, 1], 'percent'],
  ['node_memory_MemAvailable_bytes', [0, null], 'bytes'],
  ['rate(node_network_receive_bytes_total{device!~"lo|veth.*"}[5m])', free, 'bytes per second'],
  ['node_filesystem_avail_bytes / node_filesystem_size_bytes', free, 'number'],
  ['node_load1{path="/a_bytes"}', free, 'number'],
  ['probe_duration_seconds', free, 'seconds'],
  ['rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])', free, 'seconds'],
  ['rate(process_cpu_seconds_total[5m])', free, 'number'],
])('%s is told to be of its kind', (expr, bounds, name) => {
  expect(unitOf({ expr, bounds }).name).toBe(name);
});

describe('values', () => {
  const text = (expr: string, value: number, bounds: readonly (number | null)[] = free) => unitOf({ expr, bounds }).text(value);

  test.each([
    [0.1234, '12.3 %'],
    [1, '100 %'],
    [0.99957, '100 %'],
    [0, '0 %'],
    [0.00001, '0.001 %'],
  ])('%f of one', (value, wanted) => expect(text('x', value, [0, 1])).toBe(wanted));

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1.5 * 1024 ** 3, '1.5 GiB'],
    [-2048, '-2 KiB'],
    [NaN, 'no value'],
  ])('%f bytes', (value, wanted) => expect(text('a_bytes', value)).toBe(wanted));

  test.each([
    [0.0000123, '12.3 µs'],
    [0.25, '250 ms'],
    [59, '59 s'],
    [3600, '60 min'],
    [1e6, '11.6 d'],
  ])('%f seconds', (value, wanted) => expect(text('a_seconds', value)).toBe(wanted));

  test.each([
    [1234, '1.23 k'],
    [1e30, '1.00e+30'],
    [0.5, '0.5'],
  ])('%f', (value, wanted) => expect(text('x', value)).toBe(wanted));
});

test('ticks carry as many decimals as tell them apart', () => {
  const { tick } = unitOf({ expr: 'x', bounds: [0, 1] });
  expect([0.412, 0.413, 0.414].map((value) => tick(value, 0.001))).toEqual(['41.2 %', '41.3 %', '41.4 %']);
  expect([0, 0.2, 0.4].map((value) => tick(value, 0.2))).toEqual(['0 %', '20 %', '40 %']);
});
