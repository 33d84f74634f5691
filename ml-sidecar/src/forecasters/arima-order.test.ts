import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { kpss } from '../stats/unit-root.ts';
import { seededRandom } from '../stats/random.ts';
import { estimateArima } from './arima-estimate.ts';
import { carried, chooseDifferences, chooseOrder, seasonalStrength } from './arima-order.ts';
import type { SearchLimits } from './arima-order.ts';

/** Recorded by testdata/reference/arima.R from R's forecast and urca packages. */
const references = z
  .array(
    z.object({
      name: z.string(),
      values: z.array(z.number().nullable()),
      season: z.number(),
      chosen: z.object({ order: z.array(z.number()), aicc: z.number() }),
      kpss: z.number(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../testdata/reference/arima.json', import.meta.url), 'utf8')));

/** Those of R's auto.arima. */
const WIDE: SearchLimits = { near: 5, seasonal: 2, differences: 2, seasonalDifference: true, samples: 10_000, work: 1e7 };

describe.each(references.map((reference) => [reference.name, reference] as const))('against R, %s', (_name, reference) => {
  const values = Float64Array.from(reference.values, (value) => value ?? NaN);

  test('has the same KPSS statistic', () => {
    const known = values.filter((value) => !Number.isNaN(value));
    expect(kpss(known, Math.trunc((3 * Math.sqrt(known.length)) / 13))).toBeCloseTo(reference.kpss, 4);
  });

  test('differences as often, and finds an order as good within 3 of the criterion', () => {
    const [, d, , , D] = reference.chosen.order;
    expect(chooseDifferences(values, reference.season, WIDE)).toEqual({ d, D });
    const { order } = chooseOrder(values, reference.season, WIDE, Infinity);
    expect(estimateArima(values, order, 'exact').aicc).toBeLessThan(reference.chosen.aicc + 3);
  });
});

describe('an order', () => {
  const random = seededRandom(11);
  const noise = Float64Array.from({ length: 400 }, () => random() + random() - 1);

  test('of white noise is none', () => {
    const { order } = chooseOrder(noise, 1, WIDE, Infinity);
    expect([order.p, order.d, order.q, order.P, order.D, order.Q]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('is searched from what a neighbour found, or from nothing where a part of it would explode', () => {
    const three = { p: 0, d: 0, q: 3, P: 0, D: 0, Q: 0, season: 1, mean: true };
    const filtered = { shocks: noise, centred: noise, used: 400, squares: 1 };
    const from = (theta: number[]): ReturnType<typeof carried> =>
      carried({ order: three, fit: { coefficients: Float64Array.from(theta), mean: 7, filtered }, aicc: 0 }, { ...three, q: 2 });
    expect(from([0.5, 0.2, 0.1])).toEqual({ coefficients: Float64Array.of(0.5, 0.2), mean: 7 });
    expect(from([2.4, 1.9, 0.5])).toEqual({ coefficients: Float64Array.of(0, 0), mean: 7 });
  });

  test('ends with the best found where no more work may be spent', () => {
    const walk = noise.map((_, i) => noise.subarray(0, i + 1).reduce((sum, value) => sum + value, 0));
    const { order } = chooseOrder(walk, 1, { ...WIDE, work: 1 }, Infinity);
    expect(order).toEqual({ p: 0, d: 1, q: 0, P: 0, D: 0, Q: 0, season: 1, mean: true });
  });

  test('has a seasonal difference where the season is most of the series, and none where it is little', () => {
    const wave = (size: number): Float64Array => noise.map((value, i) => value + size * Math.sin((2 * Math.PI * i) / 24));
    expect(seasonalStrength(wave(5), 24)).toBeGreaterThan(0.95);
    expect(seasonalStrength(noise, 24)).toBeLessThan(0.2);
    expect(chooseDifferences(wave(5), 24, WIDE).D).toBe(1);
    expect(chooseDifferences(wave(0.3), 24, WIDE).D).toBe(0);
  });
});
