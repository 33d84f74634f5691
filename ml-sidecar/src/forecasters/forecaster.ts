import type { Forecast, Series } from '../stats/series.ts';

/** A way to learn from the past of one series. Obeys the laws in `forecaster.laws.test.ts`. */
export interface Forecaster {
  /** As users write it in the configuration. */
  readonly name: string;
  /** Fewest usable values that `fit` accepts: finite, within ±1e300 and of weight ≥ 0.5. */
  readonly minSamples: number;
  /** What happens to the forecast when every value is multiplied by a positive number, or a number is added: the same, if claimed. */
  readonly equivariant: { readonly scale: boolean; readonly shift: boolean };
  /**
   * Learns from `series`, which it neither keeps nor changes. `horizonSteps`: the farthest step that will be asked for, which
   * lets direct models learn just that far; one day where absent. Throws a RangeError below `minSamples`.
   */
  fit(series: Series, horizonSteps?: number): FittedForecaster;
}

/** What a fit leaves behind: the only thing that can forecast. */
export interface FittedForecaster {
  /** Quantiles for the `steps` grid times after the origin, also past the horizon named at the fit. `levels` ascend in (0, 1). */
  forecast(steps: number, levels: readonly number[]): Forecast;
}
