import { quantileInPlace } from '../stats/quantile.ts';
import { feedbackFactor, GATE_LENGTH, learnFeedback } from './alert-gate.ts';
import { learnTail, TAIL_HEAD, TAIL_RING, tailRule, thresholdOf } from './block-maxima.ts';
import type { Detector, Scorer, ScorerGrid } from './detector.ts';
import { orGap } from './value.ts';

/** Values in a window. */
export const WINDOW = 12;
/** Seconds between two values of a window at the least; finer series are averaged. */
const CADENCE = 300;
/** Values that a model is fitted on. */
const HISTORY = 1024;
/** Windows that a model is fitted on, spread over the history. */
export const SAMPLE = 256;
/** Values before the first fit at the least; on finer grids a whole day, as what half a day has not seen is not strange. */
const WARM_UP = 96;
/** Seconds between two fits. */
const REFIT_SECONDS = 86_400;
/** Seconds after which an unbroken run of anomalous values is learned like any other. */
const SHIFT_AFTER = 86_400;
/** Where the tail stops to believe, as a multiple of its own threshold. */
const TRUSTED = 1.5;
/** Smallest spread, as a share of the level. */
const LEVEL_FLOOR = 0.002;
const MAD_TO_DEVIATION = 1.4826;
/** Spreads at which a value is cut. */
const CUT = 50;
/** False alerts a week for which the threshold is set, and what stands above it. */
const FALSE_ALERTS = 0.5;
const MARGIN = 1.2;

/** A model of windows of `WINDOW` normalised values, kept as numbers. */
export interface WindowModel {
  readonly name: string;
  /** Numbers that a fitted model takes. */
  readonly length: number;
  /** Threshold of a series of which nothing is known, and the least of any. */
  readonly prior: number;
  readonly least: number;
  /** Fits to `count` windows that lie one after the other in `windows`, and writes the model into `into`. Repeatable. */
  fit(windows: Float64Array, count: number, into: Float64Array): void;
  /** How far a window is from what the model knows, ≥ 0; must not saturate. */
  distance(window: Float64Array, fitted: Float64Array): number;
}

/** Places in the state; then the history and the model. */
const COUNT = 0;
const SUM = 1;
const SUMMED = 2;
const CENTRE = 3;
const SPREAD = 4;
const FITTED_AT = 5;
const RUN = 6;
const GATE = 7;
const TAIL = GATE + GATE_LENGTH;
const RING = TAIL + TAIL_HEAD;
const PAST = RING + TAIL_RING;
const MODEL = PAST + HISTORY;

/** A detector by a model of windows that is fitted anew each day, with a threshold by block maxima. */
export function windowDetector(model: WindowModel): Detector {
  const length = MODEL + model.length;
  return {
    name: model.name,
    start: (grid) => new WindowScorer(grid, model, new Float64Array(length)),
    restore(grid, snapshot) {
      if (snapshot.length !== length) {
        throw new RangeError(`snapshot of ${model.name}: got ${snapshot.length} numbers, want ${length}`);
      }
      return new WindowScorer(grid, model, snapshot.slice());
    },
  };
}

/** A class, as its state has a protocol: values are gathered, kept, and now and then fitted. */
class WindowScorer implements Scorer {
  readonly #model: WindowModel;
  readonly #state: Float64Array;
  readonly #fitted: Float64Array;
  readonly #window = new Float64Array(WINDOW);
  readonly #rule: ReturnType<typeof tailRule>;
  readonly #together: number;
  readonly #refit: number;
  readonly #patience: number;
  readonly #warmUp: number;

  constructor(grid: ScorerGrid, model: WindowModel, state: Float64Array) {
    this.#model = model;
    this.#state = state;
    this.#fitted = state.subarray(MODEL);
    this.#rule = tailRule(grid.step, FALSE_ALERTS, MARGIN, model.prior);
    this.#together = Math.max(1, Math.round(CADENCE / grid.step));
    this.#patience = Math.max(8, Math.round(SHIFT_AFTER / grid.step));
    this.#refit = Math.max(24, Math.round(REFIT_SECONDS / (grid.step * this.#together)));
    this.#warmUp = Math.max(WARM_UP, this.#refit);
  }

  score(value: number): number {
    return this.#distance(orGap(value)) / (this.#threshold() * feedbackFactor(this.#state, GATE));
  }

  learn(raw: number): void {
    const value = orGap(raw);
    if (Number.isNaN(value)) return;
    const state = this.#state;
    if (state[FITTED_AT] > 0) {
      const distance = this.#distance(value);
      state[RUN] = distance > this.#threshold() ? state[RUN] + 1 : 0;
      learnTail(state, TAIL, RING, this.#rule, Math.min(distance, TRUSTED * this.#threshold()));
    }
    state[SUM] += state[RUN] > 0 && state[RUN] < this.#patience ? this.#last() : value;
    if (++state[SUMMED] < this.#together) return;
    state[PAST + (state[COUNT]++ % HISTORY)] = state[SUM] / state[SUMMED];
    state[SUM] = 0;
    state[SUMMED] = 0;
    if (state[COUNT] >= this.#warmUp && state[COUNT] - state[FITTED_AT] >= (state[FITTED_AT] === 0 ? 0 : this.#refit)) this.#fit();
  }

  #threshold(): number {
    return Math.max(this.#model.least, thresholdOf(this.#state, TAIL, this.#rule));
  }

  /** The value last kept: it stands in for one that is anomalous, so that one spike is not in twelve windows. */
  #last(): number {
    return this.#state[PAST + ((this.#state[COUNT] - 1) % HISTORY)];
  }

  expected(): undefined {
    return undefined;
  }

  feedback(verdict: Parameters<Scorer['feedback']>[0], score: number): void {
    learnFeedback(this.#state, GATE, verdict, score);
  }

  snapshot(): Float64Array {
    return this.#state.slice();
  }

  /** Distance of the window that ends with `value`; 0 where there is no model yet. */
  #distance(value: number): number {
    const state = this.#state;
    if (Number.isNaN(value) || state[FITTED_AT] === 0) return 0;
    for (let i = 0; i < WINDOW - 1; i++) {
      this.#window[i] = this.#normal(state[PAST + ((state[COUNT] - WINDOW + 1 + i) % HISTORY)]);
    }
    this.#window[WINDOW - 1] = this.#normal(value);
    return this.#model.distance(this.#window, this.#fitted);
  }

  #normal(value: number): number {
    const away = value - this.#state[CENTRE];
    return away === 0 ? 0 : Math.max(-CUT, Math.min(CUT, away / this.#state[SPREAD]));
  }

  #fit(): void {
    const state = this.#state;
    const known = Math.min(HISTORY, state[COUNT]);
    const values = Float64Array.from({ length: known }, (_, i) => state[PAST + ((state[COUNT] - known + i) % HISTORY)]);
    state[FITTED_AT] = state[COUNT];
    const scratch = values.slice();
    state[CENTRE] = quantileInPlace(scratch, known, 0.5);
    for (let i = 0; i < known; i++) scratch[i] = Math.abs(values[i] - state[CENTRE]);
    const mad = MAD_TO_DEVIATION * quantileInPlace(scratch, known, 0.5);
    const tails = quantileInPlace(scratch, known, 0.9) / 1.645;
    state[SPREAD] = Math.max(mad, tails, LEVEL_FLOOR * Math.abs(state[CENTRE]));
    const windows = known - WINDOW + 1;
    const count = Math.min(SAMPLE, windows);
    const sample = new Float64Array(count * WINDOW);
    for (let w = 0; w < count; w++) {
      const from = Math.floor((w * windows) / count);
      for (let i = 0; i < WINDOW; i++) sample[w * WINDOW + i] = this.#normal(values[from + i]);
    }
    this.#model.fit(sample, count, this.#fitted);
  }
}
