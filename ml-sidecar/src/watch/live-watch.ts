import type { FitOutcome } from '../fits/fit-job.ts';
import type { FitRequest } from '../fits/fit-queue.ts';
import { keyOf, sourceLabels, type Labels } from './labels.ts';
import { closeUntil, missesSamples, takeSample, windowOf, type FitSchedule, type LiveState } from './live-series.ts';
import { emptyReport, type LoadReport } from './load-report.ts';
import type { Watch } from './watch.ts';
import type { WatchedSeries } from './watched-series.ts';

/** A sample that was scored. */
export interface ScoredSample {
  readonly watch: Watch;
  readonly series: WatchedSeries;
  /** Unix seconds. */
  readonly time: number;
  readonly value: number;
  readonly score: number;
}

/** One label set of a watch that is fed sample by sample. The series behind it may be given up and taken in anew. */
export interface LiveTarget {
  readonly labels: Labels;
  readonly key: string;
  series: (WatchedSeries & { readonly live: LiveState }) | undefined;
  /** Newest sample that was read back, Unix seconds; one up to it that is on its way is known. */
  readBack: number;
  /** Unix seconds of the source before which a full watch is not asked again. */
  askAfter: number;
}

/** A fit that is being made elsewhere. */
export interface AskedFit {
  readonly request: FitRequest;
  /** Resolves once it was taken up, or will not be. */
  readonly taken: Promise<void>;
}

export interface LiveWatchOptions {
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Called for each sample that is scored. */
  readonly onScored?: (sample: ScoredSample) => void;
}

/** Steps behind the newest sample of the watch after which a series without samples gets gaps. */
const idleSteps = 3;
/** Label sets remembered for each series that there may be, before those without a series are forgotten. */
const targetsPerSeries = 1.25;
/** Seconds between two attempts to find room for a series in a full watch. */
const askEvery = 60;

/** A watch whose series are fed sample by sample, each at its own pace. */
export class LiveWatch {
  readonly watch: Watch;
  /** Newest sample of any series, Unix seconds. */
  newest = -Infinity;
  /** Up to this time, Unix seconds, all samples have been read back that the source has. */
  known = -Infinity;
  /** Up to this time, Unix seconds, it was looked; what the source got later comes live. */
  looked = -Infinity;
  readonly #options: LiveWatchOptions;
  readonly #targets = new Map<string, LiveTarget>();
  readonly #due = new Set<WatchedSeries>();
  /** Fits that are being made elsewhere. */
  readonly #asked = new Map<WatchedSeries, AskedFit>();
  #report: LoadReport = emptyReport();
  /** Grid index up to which a long history is read back. */
  #longUntil = -Infinity;

  constructor(watch: Watch, options: LiveWatchOptions) {
    this.watch = watch;
    this.#options = options;
    this.adopt();
  }

  /** The same for another watch. */
  beside(watch: Watch): LiveWatch {
    return new LiveWatch(watch, this.#options);
  }

  /** Label sets remembered, with a series or without. */
  get labelSets(): number {
    return this.#targets.size;
  }

  /** Takes up where restored series stand. */
  adopt(): void {
    for (const { live } of this.watch.series.values()) if (live && live.time > this.newest) this.newest = live.time;
    this.watch.lastIndex = Math.max(this.watch.lastIndex, this.#indexOf(this.newest));
  }

  /** The target of a label set as the source has it, the same for the same labels. */
  targetOf(sourceSet: Labels): LiveTarget {
    const labels = sourceLabels(sourceSet);
    const key = keyOf(labels);
    const known = this.#targets.get(key);
    if (known) return known;
    const target: LiveTarget = { labels, key, series: undefined, readBack: -Infinity, askAfter: -Infinity };
    this.#targets.set(key, target);
    return target;
  }

  /** Whether samples seem to be missing before this one. */
  misses(target: LiveTarget, time: number): boolean {
    const series = this.#seriesOf(target);
    return series !== undefined && missesSamples(series.live, this.looked, time);
  }

  /** Scores and keeps a live sample (Unix seconds); nothing where there is no room for its series, or where it was taken before. */
  take(target: LiveTarget, time: number, value: number): number | undefined {
    const series = this.#seriesOf(target) ?? this.#admit(target, time);
    const known = Math.max(this.known, target.readBack);
    if (series === undefined || time === series.live.time || (time < series.live.time && time <= known)) return undefined;
    const score = takeSample(series, series.live, time, value, this.#fitsOf(series));
    if (time > this.newest) this.#advance(time);
    if (series.live.fitDue) this.#due.add(series);
    this.#report.scored++;
    this.#options.onScored?.({ watch: this.watch, series, time, value, score });
    return score;
  }

  /**
   * Takes samples that were read back (Unix seconds, ascending), those behind what is known of the series left out. With `last`
   * only the last of each slot is scored: what is learned is the same, and a long history is only for learning.
   */
  takeBack(target: LiveTarget, times: Float64Array, values: Float64Array, only: 'all' | 'last'): void {
    const { step, resolution = step } = this.watch.shape;
    const since = this.#seriesOf(target)?.live.time ?? -Infinity;
    for (let i = 0; i < times.length; i++) {
      if (times[i] <= since) continue;
      if (only === 'last' && windowOf(times[i], resolution) === windowOf(times[i + 1], resolution)) continue;
      this.take(target, times[i], values[i]);
    }
    target.readBack = Math.max(target.readBack, times.at(-1) ?? -Infinity);
  }

  /** Says that everything up to a time (Unix seconds) is to be read back: over a long time only its last horizon is forecast anew. */
  expectUntil(time: number): boolean {
    const until = this.#indexOf(time);
    const long = !(until - this.#indexOf(this.since()) <= this.watch.shape.horizonSteps);
    if (long) this.#longUntil = until;
    return long;
  }

  /** Notes that the source ended a series. */
  end(target: LiveTarget, time: number): void {
    const series = this.#seriesOf(target);
    if (series && time > series.live.time) series.live.ended = true;
  }

  /**
   * Gives gaps to series that have had no sample for long, seen from the newest sample of the source, and gives up those with
   * nothing left. `now` in Unix seconds: a sample from ahead of it does not make others late.
   */
  settle(now: number): void {
    const { step, resolution = step } = this.watch.shape;
    const last = Math.floor((Math.min(this.newest, now) - idleSteps * step) / resolution);
    for (const [key, series] of this.watch.series) {
      if (!series.live || series.live.slot > last) continue;
      closeUntil(series, series.live, last, this.#fitsOf(series));
      if (series.live.fitDue) this.#due.add(series);
      if (series.ring.finite === 0 && series.ring.filled === series.ring.capacity) this.#giveUp(key);
    }
    if (this.#targets.size <= targetsPerSeries * this.watch.settings.seriesLimit) return;
    for (const key of this.#targets.keys()) if (!this.watch.series.has(key)) this.#targets.delete(key);
  }

  /** Oldest time from which samples may be missing: that of the series furthest behind among those not gone, Unix seconds. */
  since(): number {
    const { step } = this.watch.shape;
    let oldest = this.newest;
    for (const { live } of this.watch.series.values())
      if (live && !live.ended && live.time > this.newest - idleSteps * step) oldest = Math.min(oldest, live.time);
    return Math.max(oldest, this.known);
  }

  /** Whether a fit is due. */
  hasDue(): boolean {
    return this.#due.size > 0;
  }

  /** Asks for the next fit that is due, or makes it where this thread does; false where none is. */
  fitNext(): boolean {
    const [series] = this.#due;
    if (series === undefined) return false;
    this.#due.delete(series);
    if (series.live?.fitDue !== true) return true;
    const asked = this.watch.request(series);
    if (asked) this.#asked.set(series, { request: asked.request, taken: this.#takeUp(series, asked.outcome) });
    else this.#fit(series);
    return true;
  }

  /** What a sample waits for: the fit that is due before the window of the grid closes that the sample closes. Nothing: it need not wait. */
  awaited(target: LiveTarget, time: number): AskedFit | undefined {
    const { series } = target;
    if (!series?.live.fitDue || windowOf(time, this.watch.shape.step) <= series.ring.last + 1) return undefined;
    return this.#asked.get(series);
  }

  /** Takes up a fit, unless its series has moved on meanwhile and made it itself. One that has ended stays due. */
  async #takeUp(series: WatchedSeries, outcome: Promise<FitOutcome>): Promise<void> {
    const origin = series.ring.last;
    const found = await outcome;
    this.#asked.delete(series);
    if (found.kind === 'ended' || series.live?.fitDue !== true || series.ring.last !== origin) return;
    series.live.fitDue = false;
    this.watch.install(series, found, this.#report);
  }

  /**
   * Asks for a fit of every series that has values enough, after a long history. From then on the schedule is the usual one, also for
   * windows that the history has left open: a restart knows nothing of what was long.
   */
  fitAll(): void {
    this.#longUntil = -Infinity;
    for (const series of this.watch.series.values()) {
      if (!series.live || !series.fitDue(1)) continue;
      series.live.fitDue = true;
      this.#due.add(series);
    }
  }

  /** What was done since the last call. */
  report(): LoadReport {
    const report = this.#report;
    this.#report = emptyReport();
    return report;
  }

  /** Notes that two label sets fall together. */
  duplicate(): void {
    this.#report.duplicates++;
  }

  #fitsOf(series: WatchedSeries): FitSchedule {
    const { horizonSteps, refitSteps } = this.watch.shape;
    return {
      every: (index) => {
        if (index > this.#longUntil) return refitSteps;
        return this.#longUntil - index < horizonSteps ? this.watch.longSpacing : 0;
      },
      fit: () => this.#fit(series),
    };
  }

  #fit(series: WatchedSeries): void {
    if (series.live) series.live.fitDue = false;
    this.watch.fit(series, this.#report, this.#options.clock);
  }

  #seriesOf(target: LiveTarget): LiveTarget['series'] {
    if (target.series) return target.series;
    const series = this.watch.series.get(target.key);
    return series && isLive(series) ? (target.series = series) : undefined;
  }

  #admit(target: LiveTarget, time: number): LiveTarget['series'] {
    if (time < target.askAfter) return undefined;
    const before = this.watch.series.size;
    const series = this.watch.admit(target.labels, target.key, windowOf(time, this.watch.shape.step));
    // One that was given up for it may stand behind another target.
    if (before > 0 && this.watch.series.size === before) for (const other of this.#targets.values()) other.series = undefined;
    if (series && isLive(series)) {
      // It may have been forgotten while it had no series; what gives up a series must find it.
      this.#targets.set(target.key, target);
      return (target.series = series);
    }
    this.#report.overLimit++;
    target.askAfter = time + askEvery;
    return undefined;
  }

  #giveUp(key: string): void {
    this.watch.series.delete(key);
    const target = this.#targets.get(key);
    if (target) target.series = undefined;
    this.#targets.delete(key);
  }

  /** Notes that the source has got so far, Unix seconds. */
  reached(time: number): void {
    if (time > this.newest) this.#advance(time);
  }

  #advance(time: number): void {
    this.newest = time;
    this.watch.lastIndex = Math.max(this.watch.lastIndex, this.#indexOf(time));
  }

  #indexOf(time: number): number {
    return Math.floor(time / this.watch.shape.step);
  }
}

function isLive(series: WatchedSeries): series is WatchedSeries & { readonly live: LiveState } {
  return series.live !== undefined;
}
