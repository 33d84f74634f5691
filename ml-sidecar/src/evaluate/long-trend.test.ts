import { expect, test } from 'vitest';
import { auto } from '../forecasters/auto.ts';
import type { Choice } from '../forecasters/forecaster.ts';
import { fitCalibrated } from './calibrate.ts';
import { timeToLimit } from './time-to-limit.ts';

const step = 300;
const day = 288;

/** Fits as a watch does that loads three weeks of history: five times over the last day, each going on from the last. */
function fitted(values: Float64Array) {
  let previous: Choice | undefined;
  for (let end = values.length - day; ; end += day / 4) {
    const series = { start: 0, step, values: values.subarray(0, end) };
    const model = fitCalibrated(auto, series, { horizonSteps: day, bounds: [-Infinity, Infinity], ...(previous ? { previous } : {}) });
    previous = model.choice;
    if (end === values.length) return model;
  }
}

test.each([
  ['a disk that fills for three weeks', (i: number) => 0.3 + i * 1e-4, 0.9048 + 120 * 1e-4, 'above' as const],
  ['a certificate that runs out', (i: number) => 90 * 86_400 - i * step, 90 * 86_400 - (21 * day + 119) * step, 'below' as const],
])('%s is forecast to its limit', (_, at, limit, side) => {
  const model = fitted(Float64Array.from({ length: 21 * day }, (__, i) => at(i) + 1e-3 * Math.abs(at(1) - at(0)) * Math.sin(i * 12.9)));
  expect(model.unforecastable).toBe(false);
  const wanted = side === 'above' ? { above: limit } : { below: limit };
  const [median] = timeToLimit(model.forecast(day, [0.1, 0.25, 0.5, 0.75, 0.9]), wanted, [0.5]);
  expect(Math.abs(median / step - 120)).toBeLessThan(12);
});
