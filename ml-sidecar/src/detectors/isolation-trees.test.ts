import { describe, expect, it } from 'vitest';
import { seededRandom } from '../stats/random.ts';
import { FOREST_LENGTH, growForest, isolation } from './isolation-trees.ts';

/** A forest over 256 points around the diagonal of a square. */
function diagonal(): Float64Array {
  const next = seededRandom(8);
  const points = new Float64Array(512);
  for (let i = 0; i < 256; i++) {
    const along = next();
    points[2 * i] = along + 0.05 * next();
    points[2 * i + 1] = along + 0.05 * next();
  }
  const forest = new Float64Array(FOREST_LENGTH);
  growForest(points, 256, 2, forest);
  return forest;
}

describe('isolation trees', () => {
  it('isolate what lies apart sooner, off the diagonal as well as far out', () => {
    const forest = diagonal();
    const usual = isolation(Float64Array.of(0.5, 0.52), forest);
    expect(usual).toBeGreaterThan(0.7);
    expect(usual).toBeLessThan(1.3);
    expect(isolation(Float64Array.of(0.95, 0.1), forest)).toBeGreaterThan(1.2 * usual);
    expect(isolation(Float64Array.of(9, 9), forest)).toBeGreaterThan(1.2 * usual);
  });

  it('are the same for the same points', () => {
    expect(diagonal()).toEqual(diagonal());
  });

  it('find nothing unusual where all points are one', () => {
    const forest = new Float64Array(FOREST_LENGTH);
    growForest(new Float64Array(512).fill(3), 256, 2, forest);
    expect(isolation(Float64Array.of(3, 3), forest)).toBe(isolation(Float64Array.of(7, -7), forest));
  });
});
