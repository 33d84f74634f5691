import { expect, test } from 'vitest';
import { cycleOf } from './cycle.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';

const random = seededRandom(9);
const noise = (): number => normalQuantile(0.5 + (random() - 0.5) * 0.999_999);
const series = (next: (i: number) => number, length = 4032): Float64Array => Float64Array.from({ length }, (_, i) => next(i));

test.each<[string, number, (i: number) => number]>([
  ['the teeth of a collector', 31, (i) => 35 * ((i % 31) / 31) + noise()],
  ['teeth whose length is no whole number', 47.3, (i) => 35 * ((i % 47.3) / 47.3) + noise()],
  ['a job every five hours', 60, (i) => (i % 60 < 6 ? 10 : 0) + noise()],
  ['a wave of two and a half days', 720, (i) => 10 * Math.sin((2 * Math.PI * i) / 720) + noise()],
  ['a wave in as much noise', 100, (i) => 2 * Math.sin((2 * Math.PI * i) / 100) + noise()],
  ['two tones and their beat', 24, (i) => Math.sin((2 * Math.PI * i) / 24) + 0.5 * Math.sin((2 * Math.PI * i) / 12) + 0.1 * noise()],
])('%s has its cycle', (_, cycle, next) => {
  expect(Math.abs(cycleOf(series(next), 4032) / cycle - 1)).toBeLessThan(0.02);
});

let walked = 0;
let wandered = 0;
test.each<[string, (i: number) => number]>([
  ['white noise', () => noise()],
  ['a random walk', () => (walked += noise())],
  ['a level that wanders', () => (wandered = 0.97 * wandered + noise())],
  ['a straight line', (i) => i],
  ['a constant', () => 7],
  ['nothing', () => NaN],
  ['one spike of 1e300', (i) => (i === 3000 ? 1e300 : noise())],
])('%s has none', (_, next) => {
  expect(cycleOf(series(next), 4032)).toBe(0);
});

test('gaps and a huge unit do not hide it, and a short history has none', () => {
  const teeth = series((i) => (i % 7 === 0 ? NaN : 1e298 * (35 * ((i % 31) / 31) + noise())));
  expect(cycleOf(teeth, 4032)).toBeCloseTo(31, 0);
  expect(cycleOf(teeth, 60)).toBe(0);
});
