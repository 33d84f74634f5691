/** A way to score the values of one series as they come. Obeys the laws in `detector.laws.test.ts`. */
export interface Detector {
  /** As users write it in the configuration. */
  readonly name: string;
  /** A scorer that has seen nothing. */
  start(grid: ScorerGrid): Scorer;
  /** The scorer that gave `snapshot`; scores on exactly as the original would. Throws a RangeError if it is none of its own. */
  restore(grid: ScorerGrid, snapshot: Float64Array): Scorer;
}

/** Where the values of a scorer stand in time. */
export interface ScorerGrid {
  /** Time of the first value ever handed to the scorer, Unix seconds. */
  readonly start: number;
  /** Seconds between two values. */
  readonly step: number;
  /** Seconds to add to Unix time for local wall time, where the calendar matters. Absent: UTC. */
  readonly wallOffset?: (time: number) => number;
}

/** State of one series. For each grid time first `score`, then `learn`, a gap being NaN. */
export interface Scorer {
  /**
   * ≥ 0, finite; above 1 is anomalous, on every series alike. 0 during warm-up and for a gap. Changes nothing.
   * `expected` is what a forecast said of this moment before it was seen; detectors with a model of their own pass over it.
   */
  score(value: number, expected?: ExpectedBand): number;
  /** Takes `value` up, weighing little what scored high. `expected` as handed to `score`. */
  learn(value: number, expected?: ExpectedBand): void;
  /** What this scorer expects of the next value, before it is seen; nothing during warm-up or where it has no idea. */
  expected(): Expectation | undefined;
  /** A person's word on an alert of this series that scored `score`: moves the threshold, within bounds, and is kept in the snapshot. */
  feedback(verdict: Verdict, score: number): void;
  /** All state, so that a restart goes on as if it had not happened. */
  snapshot(): Float64Array;
}

/** What people say of an alert. */
export type Verdict = 'false-alarm' | 'incident';

/** A forecast for one moment, in the unit of the series. */
export interface ExpectedBand {
  readonly median: number;
  /** The 10 % quantile. */
  readonly low: number;
  /** The 90 % quantile. */
  readonly high: number;
}

/** What a scorer expects of one moment, and of what that is made. In the unit of the series. */
export interface Expectation {
  /** `level + season`. */
  readonly value: number;
  /** Typical distance of a value from `value`. */
  readonly spread: number;
  /** What the series does at any time of day. */
  readonly level: number;
  /** What this time of day adds; 0 where the model knows no season. */
  readonly season: number;
}
