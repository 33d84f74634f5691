import type { Verdict } from './detector.ts';
import { factorAfter } from './feedback.ts';

const STEPS = 0;
const ON = 1;
const SINCE = 2;
const LAST = 3;
const RECENT = 4;
const FACTOR = 5;
/** Numbers that a gate keeps in a state vector. */
export const GATE_LENGTH = 6;

/** Highest score of what is no alert. */
export const BELOW_ALERT = 0.99;

/** When a calibrated score becomes an alert, in steps of the grid. */
export interface GateRule {
  /** After an alert so many steps give no new one. */
  readonly quiet: number;
  /** An alert that lasts longer is muted until the series has come back. */
  readonly mute: number;
  /** Steps below the threshold that do not end an alert. */
  readonly merge: number;
  /** So many of the last `window` values must be above the threshold. */
  readonly needed: number;
  /** At most 31. */
  readonly window: number;
}

/** Seconds and counts as users give them. */
export interface GateTimes {
  readonly quietSeconds: number;
  readonly muteSeconds: number;
  readonly needed: number;
  readonly window: number;
}

/** The rule of `times` on a grid of `step` seconds. */
export function gateRule(step: number, times: GateTimes): GateRule {
  return {
    quiet: Math.round(times.quietSeconds / step),
    mute: Math.round(times.muteSeconds / step),
    merge: Math.max(2, Math.round(300 / step)),
    needed: times.needed,
    window: Math.min(31, Math.max(times.needed, times.window)),
  };
}

/** Grid steps that the gate has seen. */
export function stepsSeen(state: Float64Array, at: number): number {
  return state[at + STEPS];
}

/** The factor that feedback has put on the threshold; 1 without any. */
export function feedbackFactor(state: Float64Array, at: number): number {
  return state[at + FACTOR] > 0 ? state[at + FACTOR] : 1;
}

/** Moves the factor on the threshold by a person's word. */
export function learnFeedback(state: Float64Array, at: number, verdict: Verdict, score: number): void {
  state[at + FACTOR] = factorAfter(verdict, feedbackFactor(state, at), score);
}

/** Whether a value that is `above` its threshold would alert now. */
export function alerts(state: Float64Array, at: number, rule: GateRule, above: boolean): boolean {
  if (!above || countAbove(state[at + RECENT], rule.window - 1) + 1 < rule.needed) return false;
  const now = state[at + STEPS];
  if (state[at + ON] > 0) return now - state[at + SINCE] <= rule.mute;
  return state[at + LAST] === 0 || now + 1 - state[at + LAST] >= rule.quiet;
}

/** Takes one step up: whether its value was `above` the threshold; false for a gap. */
export function advance(state: Float64Array, at: number, rule: GateRule, above: boolean): void {
  const alerting = alerts(state, at, rule, above);
  const now = state[at + STEPS]++;
  state[at + RECENT] = ((state[at + RECENT] << 1) | (above ? 1 : 0)) & 0x7fffffff;
  if (alerting) {
    if (state[at + ON] === 0) state[at + SINCE] = now;
    state[at + ON] = 1;
    state[at + LAST] = now + 1;
  } else if (!above && now + 1 - state[at + LAST] > rule.merge) {
    state[at + ON] = 0;
  }
}

/** How many of the last `window` bits are set. */
function countAbove(bits: number, window: number): number {
  let rest = bits & (2 ** window - 1);
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count++;
  return count;
}
