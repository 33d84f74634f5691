import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { learnTail, TAIL_HEAD, TAIL_RING, tailRule, thresholdOf } from './block-maxima.ts';

/** How often in a week the distances pass their threshold, one for each block of six hours, over twenty weeks after three of warm-up. */
function passedPerWeek(budget: number): number {
  const rule = tailRule(300, budget, 1, 5);
  const state = new Float64Array(TAIL_HEAD + TAIL_RING);
  const next = seededRandom(7);
  let passed = 0;
  for (let block = 0; block < 23 * 28; block++) {
    let highest = 0;
    for (let i = 0; i < 72; i++) {
      const distance = -Math.log(next());
      if (distance > highest) highest = distance;
      if (i < 71) learnTail(state, 0, TAIL_HEAD, rule, distance);
      else if (highest > thresholdOf(state, 0, rule) && block >= 3 * 28) passed++;
      if (i === 71) learnTail(state, 0, TAIL_HEAD, rule, distance);
    }
  }
  return passed / 20;
}

describe('the threshold by block maxima', () => {
  it('gives the prior before it has seen a block', () => {
    expect(thresholdOf(new Float64Array(TAIL_HEAD + TAIL_RING), 0, tailRule(60, 0.5, 1.2, 12))).toBe(12);
  });

  it('lets through 2.8 block maxima a week for each false alert of the budget, on a series that goes on as before', () => {
    expect(passedPerWeek(0.5)).toBeGreaterThan(0.9);
    expect(passedPerWeek(0.5)).toBeLessThan(2.1);
    expect(passedPerWeek(2)).toBeGreaterThan(4.6);
    expect(passedPerWeek(2)).toBeLessThan(6.8);
  });

  it('rises with the margin and is hardly moved by one incident', () => {
    const rule = tailRule(3600, 0.5, 1, 5);
    const plain = new Float64Array(TAIL_HEAD + TAIL_RING);
    const struck = new Float64Array(TAIL_HEAD + TAIL_RING);
    const next = seededRandom(3);
    for (let i = 0; i < 21 * 24; i++) {
      const distance = -Math.log(next());
      learnTail(plain, 0, TAIL_HEAD, rule, distance);
      learnTail(struck, 0, TAIL_HEAD, rule, i === 300 ? 1e6 : distance);
    }
    expect(thresholdOf(struck, 0, rule)).toBeLessThan(1.5 * thresholdOf(plain, 0, rule));
  });
});
