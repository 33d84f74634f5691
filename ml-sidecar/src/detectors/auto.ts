import { advance, alerts, BELOW_ALERT, feedbackFactor, learnFeedback, stepsSeen } from './alert-gate.ts';
import { autoDefaults, autoPlan, type AutoOptions, type AutoPlan } from './auto-plan.ts';
import { learnTail, TAIL_RING, thresholdOf } from './block-maxima.ts';
import type { Detector, Expectation, Scorer, ScorerGrid, Verdict } from './detector.ts';
import { type Distances, expectation, isWarm, learn, measure, slotAt } from './seasonal-model.ts';
import { orGap } from './value.ts';

/** What one series tells a score of its whole host. */
export interface HostSignal {
  /** Distance from level and time of day in spreads, with its sign. */
  readonly deviation: number;
  /** All distances in one, not calibrated. */
  readonly surprise: number;
  /** Calibrated: above 1 only a few times a week. */
  readonly calibrated: number;
}

/** A scorer that can also speak for its series in a score of the whole host. */
export interface AutoScorer extends Scorer {
  /** Signal of a value before it is learned; nothing during warm-up and for a gap. Changes nothing. */
  signal(value: number): HostSignal | undefined;
}

/** `auto`, whose scorers can speak for their series in a score of the whole host. */
export interface AutoDetector extends Detector {
  start(grid: ScorerGrid): AutoScorer;
  restore(grid: ScorerGrid, snapshot: Float64Array): AutoScorer;
}

/** Whether a scorer can speak for its series in a score of the whole host. */
export function isSpeaking(scorer: Scorer): scorer is AutoScorer {
  return 'signal' in scorer;
}

/** Distance at which each part of the rank is cut. */
const RANK_CUT = 40;
/** The rank that gives a score of one half. */
const RANK_HALF = 8;

/** What one value looks like against the state. */
interface Reading extends Distances {
  slot: number;
  /** Distance from time of day and from the value before, smoothed. */
  both: number;
  /** Distance from time of day, smoothed. */
  seasonal: number;
  /** Geometric mean of four distances, as it comes. */
  surprise: number;
  rank: number;
  calibrated: number;
}

/** Scoring must not allocate; nothing of this outlives a call. NaN, so that every field is a double from the start. */
const reading: Reading = {
  season: NaN,
  change: NaN,
  recent: NaN,
  mean: NaN,
  drift: NaN,
  slot: 0,
  both: NaN,
  seasonal: NaN,
  surprise: NaN,
  rank: NaN,
  calibrated: NaN,
};

/**
 * Distances from a seasonal model, each divided by a threshold of its own that an alert budget sets, in one mean; above 1 it
 * passes a gate of persistence, quiet time and mute before it is an alert. What is no alert scores below 1, by a smoothed
 * distance that ranks well. Fails where an incident looks like the noise of the series at every scale, and where incidents are
 * so frequent in the first days that the threshold takes them for the way of the series.
 */
export function autoDetector(options: AutoOptions = autoDefaults): AutoDetector {
  const plans = new Map<number, AutoPlan>();
  const planOf = (step: number): AutoPlan => {
    const plan = plans.get(step) ?? autoPlan(step, options);
    plans.set(step, plan);
    return plan;
  };
  return {
    name: 'auto',
    start(grid) {
      const plan = planOf(grid.step);
      return new SeriesScorer(grid, plan, new Float64Array(plan.length));
    },
    restore(grid, snapshot) {
      const plan = planOf(grid.step);
      if (snapshot.length !== plan.length) {
        throw new RangeError(`snapshot of auto: got ${snapshot.length} numbers, want ${plan.length} for a step of ${grid.step} s`);
      }
      return new SeriesScorer(grid, plan, snapshot.slice());
    },
  };
}

/** A class, as thousands of them live at once and closures for each would double what they hold. */
class SeriesScorer implements AutoScorer {
  readonly #grid: ScorerGrid;
  readonly #plan: AutoPlan;
  readonly #state: Float64Array;

  constructor(grid: ScorerGrid, plan: AutoPlan, state: Float64Array) {
    this.#grid = grid;
    this.#plan = plan;
    this.#state = state;
  }

  score(value: number): number {
    const state = this.#state;
    const plan = this.#plan;
    const tame = orGap(value);
    if (!read(state, plan, this.#grid, tame)) return 0;
    if (alerts(state, plan.gateAt, plan.gate, isAbove(state, plan, tame))) return reading.calibrated;
    return BELOW_ALERT * (reading.rank / (reading.rank + RANK_HALF));
  }

  learn(value: number): void {
    take(this.#state, this.#plan, this.#grid, orGap(value));
  }

  expected(): Expectation | undefined {
    const state = this.#state;
    const plan = this.#plan;
    return isWarm(state) ? expectation(state, plan.rates, slotNow(state, plan, this.#grid)) : undefined;
  }

  feedback(verdict: Verdict, score: number): void {
    readState = undefined;
    learnFeedback(this.#state, this.#plan.gateAt, verdict, score);
  }

  snapshot(): Float64Array {
    return this.#state.slice();
  }

  signal(value: number): HostSignal | undefined {
    if (!read(this.#state, this.#plan, this.#grid, orGap(value))) return undefined;
    return { deviation: reading.season, surprise: reading.surprise, calibrated: reading.calibrated };
  }
}

function slotNow(state: Float64Array, plan: AutoPlan, grid: ScorerGrid): number {
  return slotAt(grid, plan.rates, grid.start + stepsSeen(state, plan.gateAt) * grid.step);
}

/** What `reading` is of: `learn` comes right after `score`, and need not read again. */
let readState: Float64Array | undefined;
let readValue = NaN;

/** Reads `value` against the state into `reading`; false where there is nothing to score. */
function read(state: Float64Array, plan: AutoPlan, grid: ScorerGrid, value: number): boolean {
  if (state === readState && value === readValue) return true;
  if (Number.isNaN(value) || !isWarm(state)) return false;
  readState = state;
  readValue = value;
  reading.slot = slotNow(state, plan, grid);
  measure(state, plan.rates, reading.slot, value, reading);
  const season = Math.abs(reading.season);
  const at = plan.smoothedAt;
  reading.both = state[at] + plan.bothRate * (season + reading.change - state[at]);
  reading.seasonal = state[at + 1] + plan.seasonRate * (season - state[at + 1]);
  reading.surprise = Math.sqrt(Math.sqrt((1 + season) * (1 + reading.recent) * (1 + reading.mean) * (1 + reading.drift))) - 1;
  const rank = Math.min(RANK_CUT, season) + Math.min(RANK_CUT, reading.change);
  reading.rank = state[at + 2] + plan.bothRate * (rank - state[at + 2]);
  reading.calibrated =
    (reading.both / thresholdOf(state, plan.bothAt, plan.bothTail) +
      reading.seasonal / thresholdOf(state, plan.seasonAt, plan.seasonTail) +
      reading.surprise / thresholdOf(state, plan.surpriseAt, plan.surpriseTail)) /
    (3 * feedbackFactor(state, plan.gateAt));
  return true;
}

/** Whether what `reading` holds of `value` counts, before persistence and quiet time. */
function isAbove(state: Float64Array, plan: AutoPlan, value: number): boolean {
  if (reading.calibrated <= 1) return false;
  const { direction, minimumDeviation } = plan.options;
  if (direction !== 'both' && reading.season > 0 !== (direction === 'above')) return false;
  if (minimumDeviation === 0) return true;
  const expected = expectation(state, plan.rates, reading.slot);
  return Math.abs(value - expected.value) >= minimumDeviation * Math.abs(expected.level);
}

function take(state: Float64Array, plan: AutoPlan, grid: ScorerGrid, value: number): void {
  const warm = read(state, plan, grid, value);
  readState = undefined;
  if (warm) {
    const above = isAbove(state, plan, value);
    state[plan.smoothedAt] = reading.both;
    state[plan.smoothedAt + 1] = reading.seasonal;
    state[plan.smoothedAt + 2] = reading.rank;
    learnTail(state, plan.bothAt, plan.ringsAt, plan.bothTail, reading.both);
    learnTail(state, plan.seasonAt, plan.ringsAt + TAIL_RING, plan.seasonTail, reading.seasonal);
    learnTail(state, plan.surpriseAt, plan.ringsAt + 2 * TAIL_RING, plan.surpriseTail, reading.surprise);
    learn(state, plan.rates, reading.slot, value);
    advance(state, plan.gateAt, plan.gate, above);
    return;
  }
  if (!Number.isNaN(value)) learn(state, plan.rates, slotNow(state, plan, grid), value);
  advance(state, plan.gateAt, plan.gate, false);
}
