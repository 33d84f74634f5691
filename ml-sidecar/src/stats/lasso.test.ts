import { expect, test } from 'vitest';
import { lassoScratch, solveLasso } from './lasso.ts';
import { seededRandom } from './random.ts';

/** S = Z'Z and c = Z'y of columns that rise one after another, which are as alike as columns can be. */
function hinges(size: number, seed: number): { gram: Float64Array; c: Float64Array } {
  const random = seededRandom(seed);
  const rows = 10 * size;
  const column = (j: number): Float64Array => Float64Array.from({ length: rows }, (_, i) => Math.max(0, i - 8 * j) / rows);
  const columns = Array.from({ length: size }, (_, j) => column(j));
  const y = Float64Array.from({ length: rows }, () => random() - 0.5).map((noise, i) => noise + Math.abs(i - 90) / 40);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const gram = Float64Array.from({ length: size * size }, (_, k) => dot(columns[Math.floor(k / size)], columns[k % size]));
  return { gram, c: Float64Array.from(columns, (one) => dot(one, y)) };
}

/** How far from optimal: the slope of a part that is not zero must equal the penalty, that of a zero must not exceed it. */
function violation(gram: Float64Array, c: Float64Array, penalty: number, x: Float64Array): number {
  const size = x.length;
  return Math.max(
    ...Array.from(x, (value, i) => {
      let slope = c[i];
      for (let j = 0; j < size; j++) slope -= gram[i * size + j] * x[j];
      return value === 0 ? Math.abs(slope) - penalty : Math.abs(slope - penalty * Math.sign(value));
    }),
  );
}

test.each([1e-4, 0.01, 0.3, 3])('meets the conditions of the optimum at a penalty of %d', (penalty) => {
  for (let seed = 1; seed < 20; seed++) {
    const { gram, c } = hinges(25, seed);
    const x = new Float64Array(25);
    solveLasso(gram, c, penalty, 25, x, lassoScratch(25));
    expect(violation(gram, c, penalty, x)).toBeLessThan(1e-5 * Math.max(1, penalty));
  }
});

test('goes on from the answer to another penalty', () => {
  const { gram, c } = hinges(12, 5);
  const scratch = lassoScratch(25);
  const x = new Float64Array(12);
  for (const penalty of [1, 0.1, 0.5]) solveLasso(gram, c, penalty, 12, x, scratch);
  const anew = new Float64Array(12);
  solveLasso(gram, c, 0.5, 12, anew, scratch);
  expect(violation(gram, c, 0.5, x)).toBeLessThan(1e-6);
  x.forEach((value, i) => expect(value).toBeCloseTo(anew[i], 5));
});

test('thresholds softly where columns are at right angles', () => {
  const x = new Float64Array(3);
  solveLasso(Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 1), Float64Array.of(3, -4, 0.5), 1, 3, x, lassoScratch(3));
  expect([...x]).toEqual([expect.closeTo(2, 9), expect.closeTo(-1.5, 9), 0]);
});

test('leaves all at zero under a penalty above every slope', () => {
  const { gram, c } = hinges(5, 2);
  const x = new Float64Array(5);
  solveLasso(gram, c, 1e6, 5, x, lassoScratch(5));
  expect([...x]).toEqual([0, 0, 0, 0, 0]);
});
