import { z } from 'zod';
import { isSpeaking, type HostSignal } from '../detectors/auto.ts';
import type { HostDetector, HostScorer } from '../detectors/host-detector.ts';
import type { Labels } from './labels.ts';
import type { Column, Section } from './section.ts';
import { Signals } from './signals.ts';
import type { Watch } from './watch.ts';
import type { WatchedSeries } from './watched-series.ts';
import { idOf } from './why.ts';

export interface HostSettings {
  /** The label whose values are hosts. */
  readonly label: string;
  readonly detector: HostDetector;
  /** Whether a host is one to follow; absent: all are. */
  readonly owns?: (host: string) => boolean;
  /** Seconds; the watches with this step take part. */
  readonly step: number;
}

/** One score for all that is watched of one host. */
export interface HostState {
  readonly host: string;
  readonly scorer: HostScorer;
  /** Newest grid index that was scored. */
  last: number;
  /** Newest grid index at which any of its series spoke and that was scored. */
  heard: number;
  /** Newest grid index at which any of its series spoke. */
  newest: number;
  score: number;
  /** What its series said of grid times that are still to be scored, by series. */
  readonly pending: Map<number, Signals>;
}

const signalSchema = z.tuple([z.number(), z.string(), z.number(), z.number(), z.number()]);
const headSchema = z.object({ version: z.literal(2), label: z.string(), step: z.number() });
const hostsSchema = z.object({
  hosts: z.array(
    z.object({
      host: z.string(),
      last: z.number(),
      heard: z.number(),
      score: z.number(),
      metrics: z.array(z.string()),
      pending: z.array(signalSchema),
    }),
  ),
});

/** Bytes of numbers that make a section of saved state. */
const sectionBytes = 2 ** 20;
/** Grid times that signals may wait for: a day of five-minute steps. */
const mostWaiting = 288;
/** Steps that a watch may lag behind the others before they no longer wait for it. */
const patience = 3;
/** Hosts followed; more are passed over. */
const mostHosts = 10_000;
/** Seconds without a word after which a host is forgotten. */
const forgetAfter = 14 * 86_400;

/** Scores of whole hosts, from what the series of all watches with one step say at each grid time. */
export class Hosts {
  readonly settings: HostSettings;
  readonly states = new Map<string, HostState>();
  readonly #watches: readonly Watch[];
  /** What each series is called among those of its host. */
  readonly #metrics = new WeakMap<WatchedSeries, string>();

  constructor(settings: HostSettings, watches: readonly Watch[]) {
    this.settings = settings;
    this.#watches = watches.filter((watch) => watch.shape.step === settings.step);
    for (const watch of this.#watches) watch.listen((series, index, value) => this.#note(watch, series, index, value));
  }

  /** Scores every grid time that all watches have passed. Call it when each has been asked once. */
  advance(): void {
    for (const _ of this.advanceInPieces());
  }

  /** The same, host after host. */
  *advanceInPieces(): Generator<void> {
    const newest = Math.max(...this.#watches.map(({ lastIndex }) => lastIndex));
    // The newest window may still be open.
    const until = Math.min(...this.#watches.map(({ lastIndex }) => lastIndex).filter((index) => index >= newest - patience)) - 1;
    if (!Number.isFinite(until)) return;
    for (const state of this.states.values()) {
      if (state.last === -Infinity) state.heard = state.last = Math.min(...state.pending.keys()) - 1;
      for (let index = state.last + 1; index <= until; index++) scoreAt(state, index);
      if ((until - state.heard) * this.settings.step > forgetAfter) this.states.delete(state.host);
      yield;
    }
  }

  /** Whether a host has said nothing for so long that its score is old. */
  isStale({ last, heard }: HostState): boolean {
    return last - heard > patience;
  }

  /**
   * State in sections, each host as it is when its section is asked for. To be asked for after the sections of a watch and saved before
   * them: what a series tells again after a restart is known or passed over, what it told before its own state was taken is here.
   */
  *snapshot(): Generator<Section> {
    const { label, step } = this.settings;
    yield { header: { version: 2, label, step } satisfies z.input<typeof headSchema>, columns: [] };
    let hosts: z.input<typeof hostsSchema>['hosts'] = [];
    let columns: Column[] = [];
    let bytes = 0;
    for (const state of this.states.values()) {
      if (state.last === -Infinity) continue;
      const scorer = state.scorer.snapshot();
      hosts.push(dataOf(state, scorer.metrics));
      columns.push(scorer.state);
      bytes += scorer.state.byteLength;
      if (bytes < sectionBytes) continue;
      yield { header: { hosts }, columns };
      [hosts, columns, bytes] = [[], [], 0];
    }
    if (hosts.length > 0) yield { header: { hosts }, columns };
  }

  /** Takes up saved state; a step is one section. False where it was made by another configuration; throws a RangeError where it is broken. */
  *restore(sections: Iterable<Section>): Generator<void, boolean> {
    let isFirst = true;
    for (const { header, columns } of sections) {
      if (isFirst) {
        const read = headSchema.safeParse(header);
        const { label, step } = this.settings;
        if (!read.success || read.data.label !== label || read.data.step !== step) return false;
        isFirst = false;
      } else {
        this.#take(header, columns);
      }
      yield;
    }
    return !isFirst;
  }

  #take(header: unknown, columns: readonly Column[]): void {
    const read = hostsSchema.safeParse(header);
    if (!read.success) throw new RangeError(`state of the hosts: ${z.prettifyError(read.error)}`);
    for (const [i, { host, last, heard, score, metrics, pending }] of read.data.hosts.entries()) {
      if (this.settings.owns?.(host) === false) continue;
      const state = columns[i];
      if (!(state instanceof Float64Array)) throw new RangeError(`state of the hosts: got no scorer for ${host}`);
      const scorer = this.settings.detector.restore({ start: 0, step: this.settings.step }, { metrics, state: state.slice() });
      const restored: HostState = { host, scorer, last, heard, newest: -Infinity, score, pending: new Map() };
      for (const [index, metric, deviation, surprise, calibrated] of pending) {
        keep(restored, index, metric, { deviation, surprise, calibrated });
      }
      this.states.set(host, restored);
    }
  }

  #note(watch: Watch, series: WatchedSeries, index: number, value: number): void {
    const host = series.labels[this.settings.label];
    if (host === undefined || !isSpeaking(series.scorer)) return;
    const signal = series.scorer.signal(value);
    const state = signal && this.#stateOf(host);
    if (state && index > state.last) keep(state, index, this.#metricOf(watch, series), signal);
  }

  #metricOf(watch: Watch, series: WatchedSeries): string {
    const known = this.#metrics.get(series);
    if (known !== undefined) return known;
    const metric = idOf(watch.settings.name, without(series.labels, this.settings.label));
    this.#metrics.set(series, metric);
    return metric;
  }

  #stateOf(host: string): HostState | undefined {
    const known = this.states.get(host);
    if (known || this.states.size >= mostHosts) return known;
    const scorer = this.settings.detector.start({ start: 0, step: this.settings.step });
    const state: HostState = { host, scorer, last: -Infinity, heard: -Infinity, newest: -Infinity, score: 0, pending: new Map() };
    this.states.set(host, state);
    return state;
  }
}

function dataOf(
  { host, last, heard, score, pending }: HostState,
  metrics: readonly string[],
): z.input<typeof hostsSchema>['hosts'][number] {
  const waiting = [...pending].flatMap(([index, signals]) =>
    signals
      .readings()
      .map(({ metric, signal: { deviation, surprise, calibrated } }): z.input<typeof signalSchema> => [
        index,
        metric,
        deviation,
        surprise,
        calibrated,
      ]),
  );
  return { host, last, heard, score, metrics: [...metrics], pending: waiting };
}

function keep(state: HostState, index: number, metric: string, signal: HostSignal): void {
  if (index <= state.newest - mostWaiting) return;
  if (index > state.newest) forget(state, index);
  let signals = state.pending.get(index);
  if (!signals) state.pending.set(index, (signals = new Signals()));
  signals.set(metric, signal);
}

/** Makes an index the newest; what waits for longer than it may is dropped. */
function forget(state: HostState, index: number): void {
  if (index - state.newest > mostWaiting) state.pending.clear();
  else for (let old = state.newest - mostWaiting + 1; old <= index - mostWaiting; old++) state.pending.delete(old);
  state.newest = index;
}

function scoreAt(state: HostState, index: number): void {
  // In an order of their own, as the watches come in any.
  const readings = (state.pending.get(index)?.readings() ?? []).sort((a, b) => (a.metric < b.metric ? -1 : 1));
  state.pending.delete(index);
  if (readings.length > 0) {
    state.score = state.scorer.score(readings);
    state.heard = index;
  }
  state.scorer.learn(readings);
  state.last = index;
}

function without(labels: Labels, label: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== label));
}
