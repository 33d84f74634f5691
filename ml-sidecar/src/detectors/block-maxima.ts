import { quantileInPlace } from '../stats/quantile.ts';

/** Blocks kept: three weeks of six hours. */
const KEPT = 84;
/** Seconds in a block: long enough that the maxima of two blocks are two events, short enough for four a day. */
const BLOCK_SECONDS = 6 * 3600;
/** Blocks in a week. */
const BLOCKS_A_WEEK = (7 * 86_400) / BLOCK_SECONDS;
/**
 * Share of the maxima that a budget of one false alert a week leaves above the quantile, in blocks a week. More than one, as
 * the margin, the blend and the quiet time keep most of those maxima from becoming alerts; measured on the development set.
 */
const EXCEEDED_PER_ALERT = 2.8;
/** Weight of what is known of series in general against the blocks seen, in blocks. */
const PRIOR_BLOCKS = 4;

const COUNT = 0;
const STEPS = 1;
const HIGHEST = 2;
const THRESHOLD = 3;

/** Numbers of one tail that every value touches. */
export const TAIL_HEAD = 4;
/** Numbers of one tail that a block touches once. They may stand elsewhere in the state, out of the way of the hot ones. */
export const TAIL_RING = KEPT;

const scratch = new Float64Array(KEPT);

/** What a tail is to give. */
export interface TailRule {
  /** Steps of the grid in a block. */
  readonly blockSteps: number;
  /** Level of the quantile of the block maxima that is the threshold. */
  readonly level: number;
  /** The threshold is this multiple of that quantile. */
  readonly margin: number;
  /** The threshold of a series of which nothing is known yet. */
  readonly prior: number;
}

/** The rule by which about `falseAlertsPerWeek` alerts a week come from a series that goes on as before. */
export function tailRule(step: number, falseAlertsPerWeek: number, margin: number, prior: number): TailRule {
  const level = 1 - (EXCEEDED_PER_ALERT * falseAlertsPerWeek) / BLOCKS_A_WEEK;
  return { blockSteps: Math.max(1, Math.round(BLOCK_SECONDS / step)), level: Math.max(0.5, Math.min(0.995, level)), margin, prior };
}

/** Threshold of the tail whose head stands at `at` in `state`. */
export function thresholdOf(state: Float64Array, at: number, rule: TailRule): number {
  return state[at + THRESHOLD] > 0 ? state[at + THRESHOLD] : rule.prior;
}

/**
 * Takes one distance (≥ 0) up into the tail with its head at `at` and its ring at `ringAt`. A threshold by the maxima of blocks rather than by a quantile of all
 * values is one of events, whatever the series does between them: the method of block maxima (Coles, An Introduction to
 * Statistical Modeling of Extreme Values, 2001, chapter 3), with the empirical quantile in place of a fitted distribution,
 * which heavy tails and past incidents bend too easily, drawn in logarithms towards what holds for series in general.
 */
export function learnTail(state: Float64Array, at: number, ringAt: number, rule: TailRule, distance: number): void {
  if (distance > state[at + HIGHEST]) state[at + HIGHEST] = distance;
  if (++state[at + STEPS] < rule.blockSteps) return;
  const count = state[at + COUNT]++;
  state[ringAt + (count % KEPT)] = Math.max(1e-3, state[at + HIGHEST]);
  state[at + STEPS] = 0;
  state[at + HIGHEST] = 0;
  const kept = Math.min(KEPT, count + 1);
  for (let i = 0; i < kept; i++) scratch[i] = state[ringAt + i];
  const quantile = rule.margin * quantileInPlace(scratch, kept, rule.level);
  const known = kept / (kept + PRIOR_BLOCKS);
  state[at + THRESHOLD] = Math.exp(known * Math.log(quantile) + (1 - known) * Math.log(rule.prior));
}
