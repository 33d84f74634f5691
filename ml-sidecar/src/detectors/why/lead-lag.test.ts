import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../stats/random.ts';
import { leadLag, type Deviations } from './lead-lag.ts';

/** An hour of minutes with noise of about one spread and a bump of six from minute `at` for ten minutes. */
function bump(name: string, at: number, seed: number, sign = 1): Deviations {
  const next = seededRandom(seed);
  return { name, values: Float64Array.from({ length: 60 }, (_, t) => next() - 0.5 + (t >= at && t < at + 10 ? 6 * sign : 0)) };
}

describe('lead and lag', () => {
  const target = bump('latency', 30, 1);

  it('finds who moved first, whichever way, and by how much', () => {
    const leads = leadLag(target, [bump('errors', 33, 2), bump('disk', 25, 3, -1), bump('cpu', 30, 4)], 60, 900);
    expect(leads.map(({ name, leadSeconds }) => [name, leadSeconds])).toEqual([
      ['disk', 300],
      ['cpu', 0],
      ['errors', -180],
    ]);
    for (const { strength } of leads) expect(strength).toBeGreaterThan(0.9);
  });

  it('leaves out what does not move with it, what never moves, and what is mostly missing', () => {
    const still = { name: 'still', values: new Float64Array(60) };
    const missing = { name: 'missing', values: target.values.map((value, t) => (t % 8 === 0 ? value : NaN)) };
    const next = seededRandom(9);
    const noise = { name: 'noise', values: Float64Array.from({ length: 60 }, () => next()) };
    expect(leadLag(target, [still, missing, noise], 60, 300)).toEqual([]);
  });

  it('bears gaps and a window shorter than the lag', () => {
    const gaps = { name: 'disk', values: bump('disk', 25, 3).values.map((value, t) => (t % 7 === 3 ? NaN : value)) };
    expect(leadLag(target, [gaps], 60, 86_400)[0]).toMatchObject({ name: 'disk', leadSeconds: 300 });
  });
});
