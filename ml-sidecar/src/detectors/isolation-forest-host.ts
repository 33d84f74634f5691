import { advance, feedbackFactor, GATE_LENGTH, gateRule, learnFeedback, stepsSeen } from './alert-gate.ts';
import { learnTail, TAIL_HEAD, TAIL_RING, tailRule, thresholdOf } from './block-maxima.ts';
import type { ScorerGrid, Verdict } from './detector.ts';
import type { HostDetector, HostReading, HostScorer, HostSnapshot } from './host-detector.ts';
import { FOREST_LENGTH, growForest, isolation } from './isolation-trees.ts';
import { forget, meet, metricPlaces, type MetricPlaces } from './metric-places.ts';

/** Moments that a forest is grown from, and seconds between two of them. */
const MOMENTS = 192;
const MOMENT_SECONDS = 1800;
/** Moments before the first forest. */
const WARM_UP = 48;
const DAY = 86_400;
const FORGET_SECONDS = 14 * DAY;
const FALSE_ALERTS = 1.5;
const MARGIN = 1.1;
const PRIOR = 2.5;
/** Isolation that is no anomaly whatever the threshold says. */
const LEAST = 1.3;
/** Where the tail stops to believe, as a multiple of the threshold. */
const TRUSTED = 1.5;
/** Mean of the three largest deviations from which their size counts: to a tree all that lies outside is equally far. */
const FAR = 6;
/** Deviations are cut here, and differences below the grain are none, as trees have no notion of distance. */
const CUT = 20;
const GRAIN = 0.1;

const KEPT = 0;
const KEPT_AT = 1;
const GROWN_AT = 2;
const GATE = 3;
const TAIL = GATE + GATE_LENGTH;
const RING = TAIL + TAIL_HEAD;
const HEADER = RING + TAIL_RING;

/**
 * How quickly random splits isolate a moment of a host, given by the deviations of its series, among the moments of four days.
 * A series that is missing is taken to be as expected; a new one counts from the next forest on. Finds moments at which any few
 * series are odd, more so the further out the three farthest are; is blind to series that go apart within their usual ranges.
 * Source: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008.
 */
export const isolationForestHost: HostDetector = {
  name: 'isolation-forest',
  start: (grid) => new ForestScorer(grid, { places: metricPlaces(), header: new Float64Array(HEADER), moments: [], forest: noForest() }),
  restore: (grid, snapshot) => new ForestScorer(grid, stateOf(snapshot)),
};

interface ForestState {
  readonly places: MetricPlaces;
  readonly header: Float64Array;
  /** Kept moments, the oldest overwritten first; those from before a series came are shorter. */
  readonly moments: Float64Array[];
  readonly forest: Float64Array;
}

function noForest(): Float64Array {
  return new Float64Array(FOREST_LENGTH);
}

/** A class, as its state has a protocol: moments are kept, and now and then a forest is grown. */
class ForestScorer implements HostScorer {
  readonly #state: ForestState;
  readonly #step: number;
  readonly #rule: ReturnType<typeof tailRule>;
  readonly #gate: ReturnType<typeof gateRule>;

  constructor(grid: ScorerGrid, state: ForestState) {
    this.#state = state;
    this.#step = grid.step;
    this.#rule = tailRule(grid.step, FALSE_ALERTS, MARGIN, PRIOR);
    this.#gate = gateRule(grid.step, { quietSeconds: 0, muteSeconds: Infinity, needed: 1, window: 1 });
  }

  score(readings: readonly HostReading[]): number {
    return this.#distance(readings) / (this.#threshold() * feedbackFactor(this.#state.header, GATE));
  }

  learn(readings: readonly HostReading[]): void {
    const { header, places, moments } = this.#state;
    const now = stepsSeen(header, GATE);
    const distance = this.#distance(readings);
    const threshold = this.#threshold();
    if (header[GROWN_AT] > 0) learnTail(header, TAIL, RING, this.#rule, Math.min(distance, TRUSTED * threshold));
    advance(header, GATE, this.#gate, distance > threshold);
    meet(places, readings, now, () => undefined);
    const waited = (now - header[KEPT_AT]) * this.#step;
    // An anomalous moment teaches nothing, unless there have been no others for a day.
    if (readings.length === 0 || waited < (distance > threshold ? DAY : MOMENT_SECONDS)) return;
    header[KEPT_AT] = now;
    moments[header[KEPT]++ % MOMENTS] = this.#moment(readings);
    if (header[KEPT] >= WARM_UP && (header[GROWN_AT] === 0 || (now - header[GROWN_AT]) * this.#step >= DAY)) this.#grow(now);
  }

  feedback(verdict: Verdict, score: number): void {
    learnFeedback(this.#state.header, GATE, verdict, score);
  }

  snapshot(): HostSnapshot {
    const { places, header, moments, forest } = this.#state;
    const size = places.metrics.length;
    const padded = moments.flatMap((moment) => [...moment, ...new Float64Array(size - moment.length)]);
    return { metrics: [...places.metrics], state: Float64Array.from([...header, ...forest, ...places.lastSeen, ...padded]) };
  }

  #threshold(): number {
    return Math.max(LEAST, thresholdOf(this.#state.header, TAIL, this.#rule));
  }

  #distance(readings: readonly HostReading[]): number {
    const { header, forest } = this.#state;
    if (header[GROWN_AT] === 0 || readings.length === 0) return 0;
    const moment = this.#moment(readings);
    const distance = isolation(moment, forest);
    const sizes = moment.map(Math.abs).sort();
    const largest = sizes.subarray(Math.max(0, sizes.length - 3));
    return distance * Math.max(1, largest.reduce((sum, size) => sum + size, 0) / (FAR * largest.length));
  }

  /** Deviations of a moment by rows, 0 where a series is missing. */
  #moment(readings: readonly HostReading[]): Float64Array {
    const { places } = this.#state;
    const moment = new Float64Array(places.metrics.length);
    for (const { metric, signal } of readings) {
      const row = places.rows.get(metric);
      if (row !== undefined) moment[row] = GRAIN * Math.round(Math.max(-CUT, Math.min(CUT, signal.deviation)) / GRAIN);
    }
    return moment;
  }

  #grow(now: number): void {
    const { header, places, moments, forest } = this.#state;
    header[GROWN_AT] = now;
    const kept = forget(places, now - FORGET_SECONDS / this.#step);
    if (kept) for (const [i, moment] of moments.entries()) moments[i] = Float64Array.from(kept, (row) => moment[row] ?? 0);
    const size = places.metrics.length;
    const points = new Float64Array(moments.length * size);
    for (const [i, moment] of moments.entries()) points.set(moment, i * size);
    growForest(points, moments.length, size, forest);
  }
}

function stateOf({ metrics, state }: HostSnapshot): ForestState {
  const kept = Math.min(MOMENTS, state.length > HEADER ? state[KEPT] : 0);
  const seenAt = HEADER + FOREST_LENGTH;
  const momentsAt = seenAt + metrics.length;
  const want = momentsAt + kept * metrics.length;
  if (state.length !== want) {
    throw new RangeError(`snapshot of the host score: got ${state.length} numbers, want ${want} for ${metrics.length} metrics`);
  }
  return {
    places: metricPlaces(metrics, Array.from(state.subarray(seenAt, momentsAt))),
    header: state.slice(0, HEADER),
    forest: state.slice(HEADER, seenAt),
    moments: Array.from({ length: kept }, (_, i) => state.slice(momentsAt + i * metrics.length, momentsAt + (i + 1) * metrics.length)),
  };
}
