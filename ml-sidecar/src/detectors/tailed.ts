import { advance, feedbackFactor, GATE_LENGTH, gateRule, learnFeedback, stepsSeen } from './alert-gate.ts';
import type { Detector, ExpectedBand, Scorer, ScorerGrid } from './detector.ts';
import { EXCESS_TAIL_LENGTH, learnExcess, rareDistance } from './excess-tail.ts';
import * as model from './seasonal-model.ts';
import { orGap } from './value.ts';

/** Alerts that a series may give in a week, were its values independent of each other. */
const ALERTS_A_WEEK = 0.5;
const WEEK = 7 * 86_400;
/** Distance that is no anomaly whatever the tail says, in spreads. */
const LEAST = 5;
/** Where the tails stop to believe, as a multiple of their own threshold. */
const TRUSTED = 1.5;
/** Of what is anomalous only each so-manieth value teaches the tails: an incident leaves them, a series that changed moves them. */
const TAUGHT_BY_EACH = 10;
const SHIFT_AFTER = 86_400;

const GATE = model.MODEL_HEAD;
const ABOVE = GATE + GATE_LENGTH;
const BELOW = ABOVE + EXCESS_TAIL_LENGTH;
const PROFILE = BELOW + EXCESS_TAIL_LENGTH;

/** How far a value lies from what was expected, in spreads and with its sign; the model is warm. */
export type Deviation = (value: number, expected: ReturnType<typeof model.expectation>, band: ExpectedBand | undefined) => number;

/** A detector by a distance from an expected value, with a tail of its own on each side. Its state is that of the seasonal model. */
export function tailedDetector(name: string, deviation: Deviation): Detector {
  const ratesOf = (grid: ScorerGrid): model.SeasonalRates => model.seasonalRates(grid.step, SHIFT_AFTER, PROFILE);
  return {
    name,
    start: (grid) => scorerOf(grid, deviation, new Float64Array(PROFILE + model.profileLength(ratesOf(grid))), ratesOf(grid)),
    restore(grid, snapshot) {
      const want = PROFILE + model.profileLength(ratesOf(grid));
      if (snapshot.length !== want) {
        throw new RangeError(`snapshot of ${name}: got ${snapshot.length} numbers, want ${want} for a step of ${grid.step} s`);
      }
      return scorerOf(grid, deviation, snapshot.slice(), ratesOf(grid));
    },
  };
}

function scorerOf(grid: ScorerGrid, deviation: Deviation, state: Float64Array, rates: model.SeasonalRates): Scorer {
  const chance = (ALERTS_A_WEEK * grid.step) / WEEK;
  const gate = gateRule(grid.step, { quietSeconds: 0, muteSeconds: Infinity, needed: 1, window: 1 });
  const slotNow = (): number => model.slotAt(grid, rates, grid.start + stepsSeen(state, GATE) * grid.step);
  const missed = (value: number, band: ExpectedBand | undefined): number =>
    deviation(value, model.expectation(state, rates, slotNow()), band);
  const thresholdOf = (miss: number): number => rareDistance(state, miss >= 0 ? ABOVE : BELOW, chance, LEAST);
  const score = (raw: number, band?: ExpectedBand): number => {
    const value = orGap(raw);
    if (Number.isNaN(value) || !model.isWarm(state)) return 0;
    const miss = missed(value, band);
    return Math.abs(miss) / (thresholdOf(miss) * feedbackFactor(state, GATE));
  };
  return {
    score,
    learn(raw, band) {
      const value = orGap(raw);
      const above = score(raw, band) > 1;
      if (!Number.isNaN(value)) {
        if (model.isWarm(state) && (!above || stepsSeen(state, GATE) % TAUGHT_BY_EACH === 0)) {
          const miss = missed(value, band);
          learnExcess(state, miss >= 0 ? ABOVE : BELOW, Math.abs(miss), TRUSTED * thresholdOf(miss));
        }
        model.learn(state, rates, slotNow(), value);
      }
      advance(state, GATE, gate, above);
    },
    expected: () => (model.isWarm(state) ? model.expectation(state, rates, slotNow()) : undefined),
    feedback: (verdict, given) => learnFeedback(state, GATE, verdict, given),
    snapshot: () => state.slice(),
  };
}
