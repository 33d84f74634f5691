import type { Ramp } from '../stats/ramp.ts';
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
   * lets direct models learn just that far; one day where absent. `previous`: the `choice` of the last fit of the same series,
   * which a forecaster that compares others goes on from. Throws a RangeError below `minSamples`.
   */
  fit(series: Series, horizonSteps?: number, previous?: Choice): FittedForecaster;
  /** For a model that learns from all series of a watch together: a part of its own for one watch. The listed forecaster stays untrained. */
  readonly forWatch?: () => WatchForecaster;
}

/** A forecaster that learns from all series of a watch together; docs/decisions/shared-models.md. */
export interface WatchForecaster extends Forecaster {
  /** How far it is, in words. */
  readonly status: string;
  /** Learns a bounded amount from some of the series; yields every few milliseconds, so that others may run. */
  learn(series: readonly (() => Series)[]): Generator<void>;
  /** What it knows; views, valid until it learns on. */
  snapshot(): Knowledge;
  /** Goes on from what was saved. False, with nothing changed, where that was another model's or version's. */
  restore(knowledge: Knowledge): boolean;
}

/** What a forecaster knows of a watch, to be saved. */
export interface Knowledge {
  /** Model and version. */
  readonly model: string;
  /** How many steps of learning it took. */
  readonly steps: number;
  readonly columns: readonly Float32Array[];
}

/** What a fit leaves behind: the only thing that can forecast. */
export interface FittedForecaster {
  /** Quantiles for the `steps` grid times after the origin, also past the horizon named at the fit. `levels` ascend in (0, 1). */
  forecast(steps: number, levels: readonly number[]): Forecast;
  /** What has been compared and chosen, where the forecaster compares others; its bands are calibrated already. */
  readonly choice?: Choice;
  /** The straight way that the series has set out on and its past does not know, where the forecast follows one. */
  readonly ramp?: Ramp;
}

/** What a forecaster that compares others has found so far. Plain data, all numbers finite: to be saved as JSON,
 * explained, and handed to the next fit. */
export interface Choice {
  /** Newest origin at which all were compared, Unix seconds; the least safe integer before the first. */
  readonly comparedAt: number;
  /** How many origins they were compared at so far. */
  readonly origins: number;
  /** By lead: up to an hour, six hours, a day, and beyond. */
  readonly buckets: readonly ChoiceBucket[];
}

/** How all did at some leads. Losses are mean pinball losses in the unit of the series, newer origins weighing more. */
export interface ChoiceBucket {
  /** Longest lead of the bucket, seconds. */
  readonly untilSeconds: number;
  /** How many origins had anything to compare at these leads. */
  readonly origins: number;
  /** Loss of each model tried. */
  readonly losses: Readonly<Record<string, number>>;
  /** Share of each model in the forecast; they sum to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Loss of what was issued. */
  readonly loss: number;
  /** By what the bands of 50, 80 and 95 % are widened. */
  readonly widths: readonly [number, number, number];
  /** Share of samples that fell inside these bands. */
  readonly coverage: readonly [number, number, number];
}
