import type { MissMemory } from './variogram.ts';

/** Names of holidays by local day: whole days since 1970 on the wall clock. */
export type Holidays = ReadonlyMap<number, string>;

/** Where a weight is kept in few bits, what stands for 1: an odd number, so that rounding takes no weight over ½, on which it hangs
 * whether a value teaches. */
export const WEIGHT_PARTS = 15;

/** One series on a regular grid. A gap is `NaN`. */
export interface Series {
  /** Time of `values[0]`, Unix seconds, a multiple of `step`. */
  readonly start: number;
  /** Seconds between two values. */
  readonly step: number;
  readonly values: Float64Array;
  /** How much each value may teach a model, 0 (an outage, an anomaly) to 1. Absent: all 1. */
  readonly weights?: Float64Array;
  /** Seconds to add to Unix time for local wall time, where the calendar matters. Absent: UTC. */
  readonly wallOffset?: (time: number) => number;
  /** Holidays by local day (whole days since 1970 on the wall clock, as `localDay` counts them), with their names. Absent: none known. */
  readonly holidays?: Holidays;
}

/** Quantiles of the future: one row per level, one column per step ahead. */
export interface Forecast {
  /** Time of the first column, Unix seconds: the origin plus one step. */
  readonly start: number;
  /** Seconds between two columns. */
  readonly step: number;
  /** Ascending probabilities, each in (0, 1). */
  readonly levels: readonly number[];
  /** `rows[i][h]` is the quantile `levels[i]` at `start + h * step`. Ordered in level at each step, finite. */
  readonly rows: readonly Float64Array[];
  /** How misses carry on from step to step, where that is known. */
  readonly misses?: MissMemory;
  /** Whether nothing is known of the series but its past: then no chance is told that is above how often a thing has happened. */
  readonly unforecastable?: boolean;
}

/** Time of the last value, Unix seconds: the origin of what is forecast from the series. */
export function originOf(series: Series): number {
  return series.start + (series.values.length - 1) * series.step;
}

/** The part of `series` up to and with index `end`, sharing its memory. */
export function prefixOf(series: Series, end: number): Series {
  const values = series.values.subarray(0, end + 1);
  return series.weights ? { ...series, values, weights: series.weights.subarray(0, end + 1) } : { ...series, values };
}
