import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { originOf, type Series } from '../stats/series.ts';
import { SPREAD_LEVELS, writeSpread } from '../stats/spread.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { spreadAround } from './horizon-spread.ts';

/**
 * What has been, at any lead and any time of day: the quantiles of all known values. The right model of white noise, and together
 * with `last-value` the bar that a forecast must pass before anything can be called forecastable. Fails on whatever has a
 * season, a trend or a level that moves: so it is no model of its own to choose, but a rule of thumb that `auto` is held against.
 * Source: the reference forecast of forecast verification (Wilks, Statistical Methods in the Atmospheric Sciences, section 9).
 */
export const climatology: Forecaster = {
  name: 'climatology',
  minSamples: 10,
  equivariant: { scale: true, shift: true },
  fit: fitClimatology,
};

/** Values taken: more would not sharpen a quantile that is read off at 2.5 %. */
const MOST_VALUES = 2048;

/** With so many values the bands are twice as wide as what was seen. */
const FEW = 30;

const known = createWorkspace();

function fitClimatology(series: Series): FittedForecaster {
  const n = series.values.length;
  const values = known.take(n);
  const samples = copyLearnable(series, values);
  requireSamples('climatology', samples, climatology.minSamples);
  const every = Math.max(1, Math.floor(samples / MOST_VALUES));
  let met = 0;
  let count = 0;
  // Gathered at the front: the place written to is never ahead of the one read.
  for (let i = 0; i < n; i++) if (!Number.isNaN(values[i]) && met++ % every === 0) values[count++] = values[i];
  const spreads = new Float64Array(SPREAD_LEVELS.length);
  writeSpread(values, count, spreads, 0);
  // Few values have not shown all there is.
  const middle = spreads[3];
  for (let i = 0; i < spreads.length; i++) spreads[i] = middle + (1 + FEW / count) * (spreads[i] - middle);
  const { step } = series;
  const start = originOf(series) + step;
  return {
    forecast: (steps, levels) => spreadAround({ start, step, levels }, new Float64Array(steps), { anchors: [1], spreads, growth: 0 }),
  };
}
