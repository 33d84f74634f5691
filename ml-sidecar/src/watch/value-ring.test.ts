import { expect, test } from 'vitest';
import { ValueRing } from './value-ring.ts';

test('weights come back as they were put in, to a fifteenth, and never change sides of a half', () => {
  const ring = new ValueRing(101, 0);
  const given = Array.from({ length: 101 }, (_, i) => i / 100);
  for (const weight of given) ring.push(7, weight);
  const { weights } = ring.series(60);
  given.forEach((weight, i) => {
    expect(Math.abs((weights?.[i] ?? NaN) - weight)).toBeLessThanOrEqual(1 / 15);
    expect((weights?.[i] ?? NaN) >= 0.5).toBe(weight >= 0.5);
    expect(weights?.[i] === 1).toBe(weight === 1);
  });
});

test('a weight leaves its neighbours alone when the ring comes round', () => {
  const ring = new ValueRing(4, 0);
  for (const weight of [1, 0, 1, 0, 0, 1, 0, 1, 1]) ring.push(1, weight);
  expect([...(ring.series(60).weights ?? [])]).toEqual([1, 0, 1, 1]);
});

test('four weeks of five-minute values take less than 36 kB', () => {
  const { values, weights } = new ValueRing(4 * 7 * 288, 0);
  expect(values.byteLength + weights.byteLength).toBeLessThanOrEqual(36_288);
});
