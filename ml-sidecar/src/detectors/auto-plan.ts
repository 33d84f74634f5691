import { GATE_LENGTH, gateRule, type GateRule } from './alert-gate.ts';
import { TAIL_HEAD, TAIL_RING, tailRule, type TailRule } from './block-maxima.ts';
import { MODEL_HEAD, profileLength, seasonalRates, type SeasonalRates } from './seasonal-model.ts';

/** What users may set of `auto`. */
export interface AutoOptions {
  /** False alerts that a series may give in a week; the thresholds follow. */
  readonly falseAlertsPerWeek: number;
  /** Seconds after an alert in which the same series gives no new one. */
  readonly quietSeconds: number;
  /** An alert that lasts longer than this is muted until the series has come back, seconds. */
  readonly muteSeconds: number;
  /** So many of the last `window` values must be anomalous. */
  readonly needed: number;
  /** Values among which `needed` are counted, at most 31. */
  readonly window: number;
  /** Share of the level by which a value must miss the expected one. */
  readonly minimumDeviation: number;
  /** Which side counts. */
  readonly direction: 'both' | 'above' | 'below';
  /** Seconds after which a lasting shift is taken for a new level. */
  readonly shiftAfterSeconds: number;
}

/** What `auto` does unless told otherwise. */
export const autoDefaults: AutoOptions = {
  falseAlertsPerWeek: 0.6,
  quietSeconds: 12 * 3600,
  muteSeconds: 3.5 * 3600,
  needed: 1,
  window: 1,
  minimumDeviation: 0,
  direction: 'both',
  shiftAfterSeconds: 86_400,
};

/** Seconds over which the smoothed distances look back. */
const BOTH_SECONDS = 1200;
const SEASON_SECONDS = 900;
/** Steps that the first looks back in addition, so that hourly series are smoothed too. */
const BOTH_STEPS = 2;
/** Thresholds of a series of which nothing is known, for the three distances: medians over many series. */
const PRIORS = { both: 24, season: 12, surprise: 6 } as const;
/** The thresholds are this multiple of the quantile of the maxima. */
const MARGIN = 1.2;

/** Numbers for the two smoothed distances and the rank. */
const SMOOTHED_LENGTH = 3;

/**
 * The constants of all scorers of one step, and where the parts of a scorer stand in its state. What every value touches stands
 * together in front, as the time to score is the time to fetch it from memory.
 */
export interface AutoPlan {
  readonly options: AutoOptions;
  readonly rates: SeasonalRates;
  readonly bothRate: number;
  readonly seasonRate: number;
  readonly bothTail: TailRule;
  readonly seasonTail: TailRule;
  readonly surpriseTail: TailRule;
  readonly gate: GateRule;
  readonly smoothedAt: number;
  readonly gateAt: number;
  readonly bothAt: number;
  readonly seasonAt: number;
  readonly surpriseAt: number;
  /** The rings of the three tails, one after the other. */
  readonly ringsAt: number;
  readonly length: number;
}

/** The plan for a grid of `step` seconds. */
export function autoPlan(step: number, options: AutoOptions): AutoPlan {
  const tail = (prior: number): TailRule => tailRule(step, options.falseAlertsPerWeek, MARGIN, prior);
  const smoothedAt = MODEL_HEAD;
  const gateAt = smoothedAt + SMOOTHED_LENGTH;
  const bothAt = gateAt + GATE_LENGTH;
  const profileAt = bothAt + 3 * TAIL_HEAD;
  const rates = seasonalRates(step, options.shiftAfterSeconds, profileAt);
  const ringsAt = profileAt + profileLength(rates);
  return {
    options,
    rates,
    bothRate: 1 - Math.exp(-step / (BOTH_SECONDS + BOTH_STEPS * step)),
    seasonRate: 1 - Math.exp(-step / SEASON_SECONDS),
    bothTail: tail(PRIORS.both),
    seasonTail: tail(PRIORS.season),
    surpriseTail: tail(PRIORS.surprise),
    gate: gateRule(step, options),
    smoothedAt,
    gateAt,
    bothAt,
    seasonAt: bothAt + TAIL_HEAD,
    surpriseAt: bothAt + 2 * TAIL_HEAD,
    ringsAt,
    length: ringsAt + 3 * TAIL_RING,
  };
}
