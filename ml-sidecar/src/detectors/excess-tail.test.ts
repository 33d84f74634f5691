import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { EXCESS_TAIL_LENGTH, learnExcess, rareDistance } from './excess-tail.ts';

/** A tail taught with `count` draws of `draw`. */
function taught(count: number, draw: (uniform: number) => number): Float64Array {
  const state = new Float64Array(EXCESS_TAIL_LENGTH);
  const next = seededRandom(17);
  for (let i = 0; i < count; i++) learnExcess(state, 0, draw(next()), Infinity);
  return state;
}

const exponential = (uniform: number): number => -Math.log(1 - uniform);

describe('the tail by peaks over threshold', () => {
  it('is the prior before it has seen enough', () => {
    expect(rareDistance(new Float64Array(EXCESS_TAIL_LENGTH), 0, 1e-4, 7)).toBe(7);
  });

  it('finds the quantiles of an exponential distribution, −ln p', () => {
    const state = taught(50_000, exponential);
    expect(rareDistance(state, 0, 1e-3, 0)).toBeGreaterThan(0.75 * Math.log(1e3));
    expect(rareDistance(state, 0, 1e-3, 0)).toBeLessThan(1.35 * Math.log(1e3));
    expect(rareDistance(state, 0, 1e-5, 0)).toBeGreaterThan(0.7 * Math.log(1e5));
    expect(rareDistance(state, 0, 1e-5, 0)).toBeLessThan(1.5 * Math.log(1e5));
  });

  it('goes further out on a heavier tail, and scales with it', () => {
    const heavy = taught(20_000, (uniform) => (1 - uniform) ** -0.4 - 1);
    const light = taught(20_000, exponential);
    const far = (state: Float64Array): number => rareDistance(state, 0, 1e-5, 0) / rareDistance(state, 0, 0.02, 0);
    expect(far(heavy)).toBeGreaterThan(1.3 * far(light));
    const scaled = taught(20_000, (uniform) => 8 * exponential(uniform));
    expect(rareDistance(scaled, 0, 1e-4, 0) / rareDistance(light, 0, 1e-4, 0)).toBeCloseTo(8, 3);
  });

  it('is not lifted by an incident that is cut where it is trusted no more', () => {
    const state = taught(20_000, exponential);
    const before = rareDistance(state, 0, 1e-4, 0);
    for (let i = 0; i < 5; i++) learnExcess(state, 0, 1e6, 1.5 * before);
    expect(rareDistance(state, 0, 1e-4, 0)).toBeLessThan(2 * before);
  });
});
