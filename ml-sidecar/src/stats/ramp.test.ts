import { expect, test } from 'vitest';
import { normalQuantile } from './normal.ts';
import { rampOf } from './ramp.ts';
import { seededRandom } from './random.ts';

const DAY = 288;

function valuesOf(next: (i: number) => number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: 7 * DAY }, (_, i) => next(i) + normalQuantile(0.5 + (random() - 0.5) * 0.999_999));
}

test('a rise that has left everything behind is a ramp, with its slope and its length', () => {
  const ramp = rampOf(
    valuesOf((i) => Math.max(0, i - 7 * DAY + 100) * 0.4),
    7 * DAY,
    DAY,
  );
  expect(ramp?.slope).toBeCloseTo(0.4, 1);
  expect(ramp?.length).toBeGreaterThan(70);
  expect(ramp?.length).toBeLessThan(135);
  expect(ramp?.level).toBeCloseTo(40, -1);
});

test('a fall counts as a rise does', () => {
  const fall = valuesOf((i) => -Math.max(0, i - 7 * DAY + 100) * 0.4);
  expect(rampOf(fall, 7 * DAY, DAY)?.slope).toBeCloseTo(-0.4, 1);
});

test.each<[string, (i: number) => number]>([
  ['noise', () => 0],
  ['the tooth of a saw', (i) => ((i % 90) * 30) / 90],
  ['a morning', (i) => 20 * Math.sin((2 * Math.PI * (i + 20)) / DAY)],
  ['a step', (i) => (i > 7 * DAY - 60 ? 30 : 0)],
  ['a rise that has ended', (i) => Math.min(20, Math.max(0, i - 7 * DAY + 100) * 0.4)],
  ['a rise within what is usual', (i) => (i < 4 * DAY ? (i % 50) * 2 : Math.max(0, i - 7 * DAY + 60) * 0.4)],
])('%s is none', (_, shape) => {
  expect(rampOf(valuesOf(shape), 7 * DAY, DAY)).toBeNull();
});

test('a constant, gaps and nothing are none', () => {
  expect(rampOf(new Float64Array(7 * DAY).fill(3), 7 * DAY, DAY)).toBeNull();
  expect(rampOf(new Float64Array(7 * DAY).fill(NaN), 7 * DAY, DAY)).toBeNull();
  expect(rampOf(new Float64Array(0), 0, DAY)).toBeNull();
});

test('a random walk hardly ever has one', () => {
  let ramps = 0;
  for (let seed = 1; seed <= 30; seed++) {
    let walked = 0;
    const random = seededRandom(seed);
    const walk = Float64Array.from({ length: 9 * DAY }, () => (walked += random() - 0.5));
    for (let count = 7 * DAY; count <= 9 * DAY; count += 24) if (rampOf(walk, count, 3 * DAY)) ramps++;
  }
  expect(ramps).toBeLessThanOrEqual(3);
});

test('the slope is that since the turn, not watered down by what was before', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const values = valuesOf((i) => Math.max(0, i - 6 * DAY) * 0.1, seed);
    for (const count of [6.6, 6.7, 6.8, 6.9].map((days) => Math.round(days * DAY))) {
      expect(Math.abs(Number(rampOf(values, count, 3 * DAY)?.slope) - 0.1)).toBeLessThan(0.006);
    }
  }
});
