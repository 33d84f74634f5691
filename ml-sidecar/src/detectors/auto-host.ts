import {
  advance,
  alerts,
  BELOW_ALERT,
  feedbackFactor,
  GATE_LENGTH,
  gateRule,
  learnFeedback,
  stepsSeen,
  type GateRule,
} from './alert-gate.ts';
import { learnTail, TAIL_HEAD, TAIL_RING, tailRule, thresholdOf, type TailRule } from './block-maxima.ts';
import { addMetric, distanceOf, invert, keepMetrics, learnDeviations, noDeviations, triangle, type Deviations } from './deviations.ts';
import type { ScorerGrid } from './detector.ts';
import type { HostDetector, HostReading, HostScorer, HostSnapshot } from './host-detector.ts';
import { forget, meet, metricPlaces, type MetricPlaces } from './metric-places.ts';

/** What users may set of the score of a host. */
export interface AutoHostOptions {
  /** False alerts that a host may give in a week; the threshold follows. */
  readonly falseAlertsPerWeek: number;
  /** Seconds after an alert in which the same host gives no new one. */
  readonly quietSeconds: number;
  /** An alert that lasts longer than this is muted until the host has come back, seconds. */
  readonly muteSeconds: number;
}

/** What `auto` does for hosts unless told otherwise. */
export const autoHostDefaults: AutoHostOptions = { falseAlertsPerWeek: 1.5, quietSeconds: 6 * 3600, muteSeconds: 3.5 * 3600 };

const DAY = 86_400;
/** Seconds after which a series that no longer comes is forgotten. */
const FORGET_SECONDS = 14 * DAY;
/** Seconds between two moments that the covariance takes up. */
const LEARN_SECONDS = 300;
/** Moments before the first score. */
const WARM_UP = 30;
const MARGIN = 1.1;
const PRIOR = 4;
/** The sum that gives a score of one half. */
const RANK_HALF = 4;
/** Each part is cut at so many of its usual values. */
const PART_CUT = 60;
/** Cut of one series' calibrated score in the mean over all. */
const CALIBRATED_CUT = 4;

/** The parts of the score: distance together, the same smoothed, five largest surprises smoothed, mean and three largest calibrated. */
const PARTS = 5;
const TOGETHER_SMOOTHED = 0;
const SURPRISE_SMOOTHED = 1;
const USUAL = 2;
const TAIL = USUAL + PARTS;
const RING = TAIL + TAIL_HEAD;
const GATE = RING + TAIL_RING;
const COUNT = GATE + GATE_LENGTH;
const INVERTED = COUNT + 1;
const LEARNED = INVERTED + 1;
const HEADER = LEARNED + 1;

/** All that one host scorer knows. */
interface HostState {
  readonly header: Float64Array;
  readonly places: MetricPlaces;
  readonly together: Deviations;
}

interface HostPlan {
  readonly grid: ScorerGrid;
  readonly tail: TailRule;
  readonly gate: GateRule;
  readonly smoothing: number;
  readonly usualRate: number;
  readonly covarianceRate: number;
}

/** What one moment looks like against the state. */
interface Moment {
  readonly parts: Float64Array;
  readonly deviations: Float64Array;
  together: number;
  surprise: number;
  sum: number;
}

/**
 * One score for a host from the signals of its series: how unusual their deviations are together (Mahalanobis), the largest
 * surprises, and the calibrated scores of all and of the largest three, each against its usual value, in one mean; the threshold
 * follows from an alert budget as in `auto`. A series that is missing counts as being as expected, a new one as going with no
 * other until the covariance has seen it. Fails where an incident shows in one series alone: that is for the score of the series.
 */
export function autoHostDetector(options: AutoHostOptions = autoHostDefaults): HostDetector {
  return {
    name: 'auto',
    start: (grid) => scorerOf(planOf(grid, options), emptyState()),
    restore: (grid, snapshot) => scorerOf(planOf(grid, options), stateOf(snapshot)),
  };
}

function planOf(grid: ScorerGrid, options: AutoHostOptions): HostPlan {
  const { step } = grid;
  return {
    grid,
    tail: tailRule(step, options.falseAlertsPerWeek, MARGIN, PRIOR),
    gate: gateRule(step, { ...options, needed: 1, window: 1 }),
    smoothing: 1 - Math.exp(-step / (120 + step)),
    usualRate: Math.min(0.1, step / (14 * DAY)),
    covarianceRate: Math.min(0.1, Math.max(LEARN_SECONDS, step) / (7 * DAY)),
  };
}

function emptyState(): HostState {
  const header = new Float64Array(HEADER);
  header.fill(1, USUAL, USUAL + PARTS);
  return { header, places: metricPlaces(), together: noDeviations() };
}

function scorerOf(plan: HostPlan, state: HostState): HostScorer {
  return {
    score(readings) {
      const moment = read(state, plan, readings);
      if (!moment || state.header[COUNT] < WARM_UP) return 0;
      const calibrated = calibratedOf(state, plan, moment);
      if (alerts(state.header, GATE, plan.gate, calibrated > 1)) return calibrated;
      return BELOW_ALERT * (moment.sum / (moment.sum + RANK_HALF));
    },
    learn: (readings) => learn(state, plan, readings),
    feedback: (verdict, score) => learnFeedback(state.header, GATE, verdict, score),
    snapshot: () => snapshotOf(state),
  };
}

function calibratedOf(state: HostState, plan: HostPlan, moment: Moment): number {
  return moment.sum / (thresholdOf(state.header, TAIL, plan.tail) * feedbackFactor(state.header, GATE));
}

/** Reads a moment against the state; nothing where no known series speaks. */
function read(state: HostState, plan: HostPlan, readings: readonly HostReading[]): Moment | undefined {
  const deviations = new Float64Array(state.together.size);
  const surprises = new Float64Array(readings.length);
  const calibrated = new Float64Array(readings.length);
  let present = 0;
  for (const { metric, signal } of readings) {
    const place = state.places.rows.get(metric);
    if (place === undefined) continue;
    deviations[place] = signal.deviation;
    surprises[present] = signal.surprise;
    calibrated[present++] = signal.calibrated;
  }
  if (present === 0) return undefined;
  const { header } = state;
  const distance = distanceOf(state.together, deviations, present);
  const together = header[TOGETHER_SMOOTHED] + plan.smoothing * (distance - header[TOGETHER_SMOOTHED]);
  const largest = meanOfLargest(surprises.subarray(0, present), 5);
  const surprise = header[SURPRISE_SMOOTHED] + plan.smoothing * (largest - header[SURPRISE_SMOOTHED]);
  const strongest = meanOfLargest(calibrated.subarray(0, present), 3);
  let mean = 0;
  for (let i = 0; i < present; i++) mean += Math.min(CALIBRATED_CUT, calibrated[i]) / present;
  const parts = Float64Array.of(distance, together, surprise, mean, strongest);
  let sum = 0;
  for (let i = 0; i < PARTS; i++) sum += Math.min(PART_CUT, parts[i] / header[USUAL + i]) / PARTS;
  return { parts, deviations, together, surprise, sum };
}

function learn(state: HostState, plan: HostPlan, readings: readonly HostReading[]): void {
  const { header } = state;
  const now = stepsSeen(header, GATE);
  meet(state.places, readings, now, () => addMetric(state.together));
  const moment = read(state, plan, readings);
  if (!moment) {
    advance(header, GATE, plan.gate, false);
    return;
  }
  const above = header[COUNT] >= WARM_UP && calibratedOf(state, plan, moment) > 1;
  header[COUNT]++;
  header[TOGETHER_SMOOTHED] = moment.together;
  header[SURPRISE_SMOOTHED] = moment.surprise;
  const rate = Math.max(plan.usualRate, 1 / (header[COUNT] + 1));
  for (let i = 0; i < PARTS; i++) {
    const usual = header[USUAL + i];
    header[USUAL + i] = Math.max(1e-6, usual + rate * (Math.min(8 * usual, moment.parts[i]) - usual));
  }
  learnTail(header, TAIL, RING, plan.tail, moment.sum);
  learnTogether(state, plan, moment, now);
  advance(header, GATE, plan.gate, above);
}

function learnTogether(state: HostState, plan: HostPlan, moment: Moment, now: number): void {
  const { header } = state;
  const { step } = plan.grid;
  if (now === 0 || (now - header[LEARNED]) * step >= LEARN_SECONDS) {
    header[LEARNED] = now;
    learnDeviations(state.together, moment.deviations, moment.parts[0], plan.covarianceRate);
  }
  const wait = header[INVERTED] === 0 ? 2 * DAY : DAY;
  if ((now - header[INVERTED]) * step < wait) return;
  header[INVERTED] = now;
  const kept = forget(state.places, now - FORGET_SECONDS / step);
  if (kept) keepMetrics(state.together, kept);
  else invert(state.together);
}

/** Mean of the `count` largest of `values`, or of all if they are fewer; reorders them. */
function meanOfLargest(values: Float64Array, count: number): number {
  values.sort();
  const from = Math.max(0, values.length - count);
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i];
  return sum / (values.length - from);
}

function snapshotOf(state: HostState): HostSnapshot {
  const { covariance, inverse, count } = state.together;
  return {
    metrics: [...state.places.metrics],
    state: Float64Array.from([...state.header, count, ...state.places.lastSeen, ...covariance, ...inverse]),
  };
}

function stateOf(snapshot: HostSnapshot): HostState {
  const size = snapshot.metrics.length;
  const want = HEADER + 1 + size + 2 * triangle(size);
  if (snapshot.state.length !== want) {
    throw new RangeError(`snapshot of the host score: got ${snapshot.state.length} numbers, want ${want} for ${size} metrics`);
  }
  const seenAt = HEADER + 1;
  const covarianceAt = seenAt + size;
  const inverseAt = covarianceAt + triangle(size);
  return {
    header: snapshot.state.slice(0, HEADER),
    places: metricPlaces(snapshot.metrics, Array.from(snapshot.state.subarray(seenAt, covarianceAt))),
    together: {
      size,
      count: snapshot.state[HEADER],
      covariance: snapshot.state.slice(covarianceAt, inverseAt),
      inverse: snapshot.state.slice(inverseAt),
    },
  };
}
