import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fitCss, noCoefficients } from './arima-css.ts';
import { estimateArima, refined } from './arima-estimate.ts';
import type { ArimaOrder } from './arima-model.ts';

const figures = z.object({
  coefficients: z.array(z.number()),
  mean: z.number(),
  logLikelihood: z.number(),
  aicc: z.number(),
  variance: z.number(),
  expected: z.array(z.number()),
  halfWidth: z.array(z.number()),
});

/** Recorded by testdata/reference/arima.R from R's forecast package. */
const references = z
  .array(
    z.object({
      name: z.string(),
      values: z.array(z.number().nullable()),
      order: z.tuple([z.number(), z.number(), z.number()]),
      seasonal: z.tuple([z.number(), z.number(), z.number()]),
      season: z.number(),
      mean: z.boolean(),
      exact: figures,
      css: figures,
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('../../testdata/reference/arima.json', import.meta.url), 'utf8')));
type Reference = (typeof references)[number];

function orderOf({ order: [p, d, q], seasonal: [P, D, Q], season, mean }: Reference): ArimaOrder {
  return { p, d, q, P, D, Q, season, mean };
}

function valuesOf({ values }: Reference): Float64Array {
  return Float64Array.from(values, (value) => value ?? NaN);
}

describe.each(references.map((reference) => [reference.name, reference] as const))('against R, %s', (_name, reference) => {
  const order = orderOf(reference);
  const { exact, css } = reference;

  test('by likelihood: coefficients and mean within 0.005, likelihood and criterion within 0.02, variance within 0.5 %', () => {
    const fit = estimateArima(valuesOf(reference), order, 'exact');
    fit.coefficients.forEach((value, i) => expect(Math.abs(value - exact.coefficients[i])).toBeLessThan(0.005));
    expect(Math.abs(fit.mean - exact.mean)).toBeLessThan(0.005 * Math.max(1, Math.abs(exact.mean)));
    expect(Math.abs(fit.logLikelihood - exact.logLikelihood)).toBeLessThan(0.02);
    expect(Math.abs(fit.aicc - exact.aicc)).toBeLessThan(0.04);
    expect(Math.abs(fit.variance / exact.variance - 1)).toBeLessThan(0.005);
  });

  test('by likelihood: two seasons ahead within a hundredth of the half-width of 95 %, which is the same within 1 %', () => {
    const fit = estimateArima(valuesOf(reference), order, 'exact');
    const expected = fit.expected(24);
    const deviation = fit.deviation(24);
    exact.expected.forEach((value, h) => {
      expect(Math.abs(expected[h] - value)).toBeLessThan(0.01 * exact.halfWidth[h]);
      expect(Math.abs((1.959964 * deviation[h]) / exact.halfWidth[h] - 1)).toBeLessThan(0.01);
    });
  });

  test.skipIf(reference.name === 'gaps')(
    'by least squares: coefficients within 0.005, likelihood within 0.02, forecasts within 1 % of their width',
    () => {
      const fit = estimateArima(valuesOf(reference), order, 'css');
      fit.coefficients.forEach((value, i) => expect(Math.abs(value - css.coefficients[i])).toBeLessThan(0.005));
      // R counts the first values, on which the others are conditional, as if they told of the variance as well.
      const used = reference.values.length - order.d - order.D * order.season;
      const scale = used / (used - order.p - order.P * order.season);
      expect(Math.abs(scale * fit.logLikelihood - css.logLikelihood)).toBeLessThan(0.02);
      const expected = fit.expected(24);
      css.expected.forEach((value, h) => expect(Math.abs(expected[h] - value)).toBeLessThan(0.01 * css.halfWidth[h]));
    },
  );
});

describe('the estimate that is forecast from', () => {
  const [reference] = references;
  const order = orderOf(reference);
  const from = (values: Float64Array): { least: number; refined: number } => {
    const series = { values, from: 1, clip: Infinity };
    const least = fitCss(series, order, { coefficients: noCoefficients(order), mean: 50 });
    return { least: least.coefficients[0], refined: refined(series, order, least).coefficients[0] };
  };

  test('is that of the exact likelihood where the history is short', () => {
    expect(Math.abs(from(valuesOf(reference)).refined - reference.exact.coefficients[0])).toBeLessThan(1e-4);
    expect(Math.abs(from(valuesOf(reference)).least - reference.exact.coefficients[0])).toBeGreaterThan(1e-3);
  });

  test('is that of least squares where it is long', () => {
    const long = Float64Array.from([...valuesOf(reference), ...valuesOf(reference), ...valuesOf(reference)]);
    const { least, refined: same } = from(long);
    expect(same).toBe(least);
  });
});
