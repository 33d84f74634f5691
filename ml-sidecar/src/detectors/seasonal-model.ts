import type { Expectation, ScorerGrid } from './detector.ts';

/** Slots of the daily profile at the finest. */
const FINEST_SLOT = 900;
const DAY = 86_400;
/** Values before the first distance. */
export const WARM_UP = 30;
/** A mean absolute deviation times this is the standard deviation of a normal distribution: √(π/2). */
const TO_DEVIATION = 1.2533;
/** Smallest spread, as a share of the level. */
const LEVEL_FLOOR = 0.002;
/** Smallest spread, in steps of the resolution. */
const RESOLUTION_FLOOR = 0.3;
/** Spreads from the expected value past which a value weighs little. */
const TRUSTED = 4;
/** Weight of a value past `TRUSTED` spreads. */
const DISTRUST = 0.1;
/** Spreads at which a distance is cut before it teaches the spread. */
const SPREAD_CUT = 5;
/** No finite number means "how far" where the series never moved; this one does. */
export const FARTHEST = 1000;

const COUNT = 0;
const LEVEL = 1;
const SPREAD = 2;
const MEAN = 3;
const VARIANCE = 4;
const RECENT = 5;
const RECENT_SPREAD = 6;
const LAST = 7;
const CHANGE_SPREAD = 8;
const DRIFT = 9;
const DRIFT_SPREAD = 10;
const RESOLUTION = 11;
const RUN = 12;
const RUN_MEAN = 13;
/** Numbers that every value touches; they stand first in the state. */
export const MODEL_HEAD = 14;

/** How fast a seasonal model learns, per step of its grid. */
export interface SeasonalRates {
  /** Where the daily profile stands in the state: for each slot what it adds and how often it was seen. */
  readonly profileAt: number;
  readonly slots: number;
  readonly slotSeconds: number;
  readonly level: number;
  readonly profile: number;
  readonly spread: number;
  readonly mean: number;
  readonly recent: number;
  /** Steps after which an unbroken run of far values is taken for a new level. */
  readonly patience: number;
}

/** Distances of one value from what the model expects in five ways, each in spreads. */
export interface Distances {
  /** From level and time of day, with its sign. */
  season: number;
  /** From the value before. */
  change: number;
  /** From the last hour. */
  recent: number;
  /** From the mean of two weeks, in standard deviations. */
  mean: number;
  /** Of the last hour from level and time of day. */
  drift: number;
}

/** Rates for a grid of `step` seconds; `shiftAfter` is the time in seconds after which a lasting shift is taken up. */
export function seasonalRates(step: number, shiftAfter: number, profileAt: number): SeasonalRates {
  const slotSeconds = Math.min(DAY, Math.max(step, FINEST_SLOT));
  return {
    profileAt,
    slots: Math.max(1, Math.round(DAY / slotSeconds)),
    slotSeconds,
    level: Math.min(0.5, step / (6 * 3600)),
    profile: (0.1 * step) / slotSeconds,
    spread: Math.min(0.1, step / (7 * DAY)),
    mean: Math.min(0.1, step / (14 * DAY)),
    recent: Math.min(0.5, step / 3600),
    patience: Math.max(8, Math.round(shiftAfter / step)),
  };
}

/** Numbers of the daily profile, which stands in the state at `rates.profileAt`. */
export function profileLength(rates: SeasonalRates): number {
  return 2 * rates.slots;
}

/** Slot of the local day in which `time` lies. */
export function slotAt(grid: ScorerGrid, rates: SeasonalRates, time: number): number {
  const local = grid.wallOffset ? time + grid.wallOffset(time) : time;
  const second = local - DAY * Math.floor(local / DAY);
  return Math.min(rates.slots - 1, Math.floor(second / rates.slotSeconds));
}

/** Whether the model has seen enough to judge. */
export function isWarm(state: Float64Array): boolean {
  return state[COUNT] >= WARM_UP;
}

/** What is expected in `slot`. */
export function expectation(state: Float64Array, rates: SeasonalRates, slot: number): Expectation {
  const season = state[rates.profileAt + 2 * slot];
  const value = state[LEVEL] + season;
  return { value, spread: Math.max(TO_DEVIATION * state[SPREAD], floorOf(state)), level: state[LEVEL], season };
}

/** Writes how far `value` lies from what is expected in `slot` into `into`. The model must be warm. */
export function measure(state: Float64Array, rates: SeasonalRates, slot: number, value: number, into: Distances): void {
  const floor = floorOf(state);
  const residual = value - state[LEVEL] - state[rates.profileAt + 2 * slot];
  into.season = signedRatio(residual, Math.max(TO_DEVIATION * state[SPREAD], floor));
  into.change = ratio(value - state[LAST], Math.max(TO_DEVIATION * state[CHANGE_SPREAD], floor));
  into.recent = ratio(value - state[RECENT], Math.max(TO_DEVIATION * state[RECENT_SPREAD], floor));
  into.mean = ratio(value - state[MEAN], Math.max(Math.sqrt(state[VARIANCE]), floor));
  into.drift = ratio(driftAfter(state, rates, residual), Math.max(TO_DEVIATION * state[DRIFT_SPREAD], floor));
}

/**
 * Takes `value` up. A value far from the expected one is cut and weighs a tenth, so that an outage leaves the model as it was;
 * a run of far values on one side that lasts longer than the patience is a new level, and is taken up at once.
 */
export function learn(state: Float64Array, rates: SeasonalRates, slot: number, value: number): void {
  const warm = state[COUNT] >= WARM_UP;
  const floor = floorOf(state);
  const count = ++state[COUNT];
  if (count === 1) begin(state, value);
  const place = rates.profileAt + 2 * slot;
  const residual = value - state[LEVEL] - state[place];
  const limit = warm ? Math.max(TRUSTED * TO_DEVIATION * state[SPREAD], floor) : Infinity;
  const first = 1 / count;
  learnMean(state, Math.max(rates.mean, first), warm ? floor : Infinity, value);
  state[DRIFT] = driftAfter(state, rates, residual);
  const weight = Math.abs(residual) > limit ? DISTRUST : 1;
  const cut = Math.max(-limit, Math.min(limit, residual)) * weight;
  state[LEVEL] += Math.max(rates.level, first) * cut;
  const seen = ++state[place + 1];
  state[place] += Math.max(rates.profile, 0.5 / (seen + 1)) * cut;
  const rate = Math.max(rates.spread, first);
  track(state, SPREAD, rate, Math.abs(residual));
  track(state, DRIFT_SPREAD, rate, Math.abs(state[DRIFT]));
  track(state, RECENT_SPREAD, rate, Math.abs(value - state[RECENT]));
  state[RECENT] += Math.max(rates.recent, first) * (value - state[RECENT]);
  learnChange(state, rate, value);
  followShift(state, rates, residual, warm ? limit : Infinity);
}

/** Every level starts where the series does; what it was before is not a distance. */
function begin(state: Float64Array, value: number): void {
  state[LEVEL] = value;
  state[MEAN] = value;
  state[RECENT] = value;
  state[LAST] = value;
}

/** Mean and variance over two weeks, of values cut at four deviations. */
function learnMean(state: Float64Array, rate: number, floor: number, value: number): void {
  const reach = floor === Infinity ? Infinity : TRUSTED * Math.sqrt(state[VARIANCE]) + floor;
  const away = Math.max(-reach, Math.min(reach, value - state[MEAN]));
  state[MEAN] += rate * away;
  state[VARIANCE] = (1 - rate) * (state[VARIANCE] + rate * away * away);
}

function learnChange(state: Float64Array, rate: number, value: number): void {
  if (state[COUNT] > 1) {
    const change = Math.abs(value - state[LAST]);
    if (change > 0 && (state[RESOLUTION] === 0 || change < state[RESOLUTION])) state[RESOLUTION] = change;
    track(state, CHANGE_SPREAD, rate, change);
  }
  state[LAST] = value;
}

function followShift(state: Float64Array, rates: SeasonalRates, residual: number, limit: number): void {
  if (Math.abs(residual) <= limit || residual * state[RUN] < 0) {
    state[RUN] = 0;
    state[RUN_MEAN] = 0;
    if (Math.abs(residual) <= limit) return;
  }
  state[RUN] += Math.sign(residual);
  state[RUN_MEAN] += (residual - state[RUN_MEAN]) * Math.max(4 / rates.patience, 1 / Math.abs(state[RUN]));
  if (Math.abs(state[RUN]) < rates.patience) return;
  state[LEVEL] += state[RUN_MEAN];
  state[MEAN] += state[RUN_MEAN];
  state[DRIFT] = 0;
  state[RUN] = 0;
  state[RUN_MEAN] = 0;
}

/** Hourly mean of what level and time of day leave, each value cut at six spreads. */
function driftAfter(state: Float64Array, rates: SeasonalRates, residual: number): number {
  const reach = 6 * TO_DEVIATION * state[SPREAD];
  return state[DRIFT] + rates.recent * (Math.max(-reach, Math.min(reach, residual)) - state[DRIFT]);
}

/** Moves the mean absolute distance kept at `place` towards `distance`, cut at five times of what it is. */
function track(state: Float64Array, place: number, rate: number, distance: number): void {
  const cut = state[place] > 0 ? Math.min(distance, SPREAD_CUT * state[place]) : distance;
  state[place] += rate * (cut - state[place]);
}

function floorOf(state: Float64Array): number {
  return LEVEL_FLOOR * Math.abs(state[MEAN]) + RESOLUTION_FLOOR * state[RESOLUTION];
}

function ratio(distance: number, spread: number): number {
  return Math.abs(signedRatio(distance, spread));
}

function signedRatio(distance: number, spread: number): number {
  if (distance === 0) return 0;
  return Math.max(-FARTHEST, Math.min(FARTHEST, distance / spread));
}
