import type { Forecast } from '../stats/series.ts';
import { normalCdf, normalQuantile } from '../stats/normal.ts';

/** Where a value hurts: at or above `above`, at or below `below`. */
export type Limit = { readonly above: number } | { readonly below: number };

/**
 * Seconds from the origin until the limit is passed, one for each of `quantiles` of the passage time: with quantile 0.1 one time
 * in ten it comes earlier, with 0.9 nine times in ten it has come by then. `Infinity`: not within the horizon of the forecast,
 * with that probability.
 *
 * The passage is taken to have happened by a step with the highest chance that any step so far gave to lie past the limit: exact
 * for a series that keeps its place within the band, early by less than a bucket of leads for one that rises or falls.
 */
export function timeToLimit(forecast: Forecast, limit: Limit, quantiles: readonly number[]): Float64Array {
  const passed = passageProbabilities(forecast, limit);
  return Float64Array.from(quantiles, (quantile) => {
    const step = passed.findIndex((probability) => probability >= quantile - ROUNDING);
    return step < 0 ? Infinity : (step + 1) * forecast.step;
  });
}

/** Chance in [0, 1] that the limit is passed within `withinSeconds` of the origin; of the whole horizon where that is longer. */
export function limitProbability(forecast: Forecast, limit: Limit, withinSeconds: number): number {
  const steps = Math.floor(withinSeconds / forecast.step + 1e-9);
  const passed = passageProbabilities(forecast, limit);
  const last = Math.min(steps, passed.length);
  return last < 1 ? 0 : passed[last - 1];
}

/** The normal distribution function is good to 1.5e-7. */
const ROUNDING = 1e-6;

/** Chance that the limit has been passed by each step; ascends. */
function passageProbabilities(forecast: Forecast, limit: Limit): Float64Array {
  const steps = forecast.rows[0]?.length ?? 0;
  const passed = new Float64Array(steps);
  let highest = 0;
  for (let h = 0; h < steps; h++) {
    const below = 'above' in limit ? probabilityBelow(forecast, h, limit.above, false) : probabilityBelow(forecast, h, limit.below, true);
    highest = Math.max(highest, 'above' in limit ? 1 - below : below);
    passed[h] = highest;
  }
  return passed;
}

/**
 * Chance that the value at step `h` lies below `value` (or at it, where `reached`): linear in normal scores between the levels of
 * the forecast, a normal tail beyond them.
 */
function probabilityBelow(forecast: Forecast, h: number, value: number, reached: boolean): number {
  const { levels, rows } = forecast;
  const last = levels.length - 1;
  const isUnder = (row: Float64Array): boolean => row[h] < value || (reached && row[h] <= value);
  const under = rows.filter(isUnder).length;
  if (last === 0 || rows[0][h] === rows[last][h]) return under > last ? 1 : under === 0 ? 0 : 0.5;
  const from = Math.max(0, Math.min(last - 1, under - 1));
  const low = rows[from][h];
  const high = rows[from + 1][h];
  const lowScore = normalQuantile(levels[from]);
  const highScore = normalQuantile(levels[from + 1]);
  if (high > low) return normalCdf(lowScore + ((value - low) / (high - low)) * (highScore - lowScore));
  return under > last ? 1 : under === 0 ? 0 : (levels[from] + levels[from + 1]) / 2;
}
