import type { HostSignal } from './auto.ts';
import type { ScorerGrid, Verdict } from './detector.ts';

/** A way to score a whole host from what its series say. */
export interface HostDetector {
  readonly name: string;
  /** A scorer that has seen nothing. */
  start(grid: ScorerGrid): HostScorer;
  /** The scorer that gave `snapshot`. Throws a RangeError if it is none of its own. */
  restore(grid: ScorerGrid, snapshot: HostSnapshot): HostScorer;
}

/** What one series of a host says of this moment. */
export interface HostReading {
  /** What the series is called among those of the host; the same at every moment. */
  readonly metric: string;
  readonly signal: HostSignal;
}

/** State of one host. For each grid time first `score`, then `learn`; series may come and go between two moments. */
export interface HostScorer {
  /** ≥ 0, finite; above 1 is anomalous. 0 during warm-up and where no series speaks. Changes nothing. */
  score(readings: readonly HostReading[]): number;
  /** Takes the moment up, weighing little what scored high. */
  learn(readings: readonly HostReading[]): void;
  /** A person's word on an alert of this host that scored `score`. */
  feedback(verdict: Verdict, score: number): void;
  /** All state, so that a restart goes on as if it had not happened. */
  snapshot(): HostSnapshot;
}

/** State of a host scorer. */
export interface HostSnapshot {
  /** Metrics in the order of their rows. */
  readonly metrics: readonly string[];
  readonly state: Float64Array;
}
