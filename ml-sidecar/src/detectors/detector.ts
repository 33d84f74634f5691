/** A way to score the values of one series as they come. Obeys the laws in `detector.laws.test.ts`. */
export interface Detector {
  /** As users write it in the configuration. */
  readonly name: string;
  /** A scorer that has seen nothing. */
  start(grid: ScorerGrid): Scorer;
  /** The scorer that gave `snapshot`; scores on exactly as the original would. */
  restore(grid: ScorerGrid, snapshot: Float64Array): Scorer;
}

/** Where the values of a scorer stand in time. */
export interface ScorerGrid {
  /** Time of the first value ever handed to the scorer, Unix seconds. */
  readonly start: number;
  /** Seconds between two values. */
  readonly step: number;
}

/** State of one series. For each grid time first `score`, then `learn`, a gap being NaN. */
export interface Scorer {
  /** ≥ 0, finite; above 1 is anomalous, on every series alike. 0 during warm-up and for a gap. Changes nothing. */
  score(value: number): number;
  /** Takes `value` up, weighing little what scored high. */
  learn(value: number): void;
  /** All state, so that a restart goes on as if it had not happened. */
  snapshot(): Float64Array;
}
