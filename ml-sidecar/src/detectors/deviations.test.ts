import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { addMetric, distanceOf, invert, keepMetrics, learnDeviations, noDeviations, type Deviations } from './deviations.ts';

/** Two metrics that move together and a third that does not, learned for 4,000 moments. */
function taught(): Deviations {
  const known = noDeviations();
  for (let i = 0; i < 3; i++) addMetric(known);
  const next = seededRandom(5);
  const normal = (): number => next() + next() + next() + next() - 2;
  for (let t = 0; t < 4000; t++) {
    const shared = 1.7 * normal();
    const moment = Float64Array.of(shared + 0.2 * normal(), shared + 0.2 * normal(), 1.7 * normal());
    learnDeviations(known, moment, distanceOf(known, moment, 3), 0.002);
  }
  invert(known);
  return known;
}

describe('the distance of many deviations together', () => {
  it('is the plain root mean square, shrunk by the ridge, where nothing is known', () => {
    const known = noDeviations();
    addMetric(known);
    addMetric(known);
    expect(distanceOf(known, Float64Array.of(3, 0), 2)).toBeCloseTo(Math.sqrt(9 / 1.5 / 2), 12);
  });

  it('inverts: [[2, 1], [1, 3]] with ridge 0.5 · 2.5 gives the textbook inverse', () => {
    const known: Deviations = { size: 2, count: 1, covariance: Float64Array.of(2, 1, 3), inverse: new Float64Array(3) };
    invert(known);
    const [a, b, c] = [3.25, 1, 4.25];
    const determinant = a * c - b * b;
    expect([...known.inverse].map((value) => value * determinant)).toEqual([
      expect.closeTo(c, 9),
      expect.closeTo(-b, 9),
      expect.closeTo(a, 9),
    ]);
  });

  it('finds two that always go together going apart stranger than both going up', () => {
    const known = taught();
    expect(distanceOf(known, Float64Array.of(2, -2, 0), 3)).toBeGreaterThan(1.4 * distanceOf(known, Float64Array.of(2, 2, 0), 3));
  });

  it('cuts one wild metric', () => {
    const known = taught();
    expect(distanceOf(known, Float64Array.of(0, 0, 1e9), 3)).toBe(distanceOf(known, Float64Array.of(0, 0, 8), 3));
  });

  it('keeps what it knows of the others when one metric goes', () => {
    const known = taught();
    keepMetrics(known, [0, 1]);
    expect(known.covariance.length).toBe(3);
    expect(distanceOf(known, Float64Array.of(2, -2), 2)).toBeGreaterThan(1.4 * distanceOf(known, Float64Array.of(2, 2), 2));
  });
});
