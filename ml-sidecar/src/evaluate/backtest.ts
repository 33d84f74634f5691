import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import type { Forecaster } from '../forecasters/forecaster.ts';
import { pinballLoss } from '../stats/pinball.ts';
import type { Forecast, Series } from '../stats/series.ts';
import { prefixOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { fitCalibrated, type Bounds } from './calibrate.ts';
import { heldBackOrigins } from './origins.ts';

/** What would have been said at one earlier origin, held against what came. */
export interface OriginResult {
  /** Unix seconds of the last sample seen. */
  readonly time: number;
  /** Samples compared, at most a horizon. */
  readonly samples: number;
  /** Mean |sample − median|, in the unit of the series. */
  readonly meanMiss: number;
  /** 1 − pinball loss / pinball loss of seasonal naive; NaN where seasonal naive had too little to go by. */
  readonly skill: number;
  /** Share of samples inside the bands of 80 and 95 %. */
  readonly inside80: number;
  readonly inside95: number;
}

/**
 * Rolling-origin backtest: fits to the past of up to `count` origins inside `series`, each on its own and blind to what comes
 * after, and compares a horizon of forecasts with what came. One result an origin, oldest first, so that a caller can pause
 * between; origins with too little before or nothing after them are left out.
 */
export function* backtestOf(
  forecaster: Forecaster,
  series: Series,
  options: { readonly horizonSteps: number; readonly bounds: Bounds; readonly count: number },
): Generator<OriginResult> {
  const { horizonSteps, bounds, count } = options;
  for (const origin of heldBackOrigins(series.values.length, horizonSteps, 2 * forecaster.minSamples, count)) {
    const past = prefixOf(series, origin);
    const steps = Math.min(horizonSteps, series.values.length - 1 - origin);
    const forecast = tried(() => fitCalibrated(forecaster, past, { horizonSteps, bounds }).forecast(steps, SPREAD_LEVELS));
    if (forecast === undefined) continue;
    const naive = tried(() => seasonalNaive.fit(past, horizonSteps).forecast(steps, SPREAD_LEVELS));
    const result = compare(forecast, naive, series, origin);
    if (result.samples > 0) yield result;
  }
}

/** Nothing where an early origin left the model too few samples. */
function tried(forecast: () => Forecast): Forecast | undefined {
  try {
    return forecast();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function compare(forecast: Forecast, naive: Forecast | undefined, series: Series, origin: number): OriginResult {
  const [q025, q10, , q50, , q90, q975] = forecast.rows;
  let [samples, miss, loss, naiveLoss, inside80, inside95] = [0, 0, 0, 0, 0, 0];
  for (let h = 0; h < q50.length; h++) {
    const value = series.values[origin + 1 + h];
    if (!Number.isFinite(value)) continue;
    samples++;
    miss += Math.abs(value - q50[h]);
    loss += lossAt(forecast, h, value);
    naiveLoss += naive ? lossAt(naive, h, value) : NaN;
    if (value >= q10[h] && value <= q90[h]) inside80++;
    if (value >= q025[h] && value <= q975[h]) inside95++;
  }
  // Nothing to beat and nothing missed: as good as naive, no better.
  const skill = naiveLoss === 0 ? (loss === 0 ? 0 : -1) : 1 - loss / naiveLoss;
  const time = series.start + origin * series.step;
  return { time, samples, meanMiss: miss / samples, skill, inside80: inside80 / samples, inside95: inside95 / samples };
}

function lossAt({ levels, rows }: Forecast, h: number, value: number): number {
  return levels.reduce((sum, level, i) => sum + pinballLoss(value, rows[i][h], level), 0);
}
