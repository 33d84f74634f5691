import type { Forecast, Series } from '../stats/series.ts';

/** A way to learn from the past of one series. Obeys the laws in `forecaster.laws.test.ts`. */
export interface Forecaster {
  /** As users write it in the configuration. */
  readonly name: string;
  /** Fewest finite values that `fit` accepts. */
  readonly minSamples: number;
  /** Learns from `series`, which it neither keeps nor changes. Throws a RangeError below `minSamples`. */
  fit(series: Series): FittedForecaster;
}

/** What a fit leaves behind: the only thing that can forecast. */
export interface FittedForecaster {
  /** Quantiles for the `steps` grid times after the origin. `levels` ascend. */
  forecast(steps: number, levels: readonly number[]): Forecast;
}
