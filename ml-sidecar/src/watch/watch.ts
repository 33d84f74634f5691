import { createHash } from 'node:crypto';
import { createGivingWay } from '@presage/service/giving-way.ts';
import type { WatchSettings } from '../configuration/configuration.ts';
import type { FitOutcome } from '../fits/fit-job.ts';
import type { FitQueue, FitRequest } from '../fits/fit-queue.ts';
import type { FirstLook } from './cold-start.ts';
import { keyOf, sourceLabels, type Labels } from './labels.ts';
import { createLanes } from './lanes.ts';
import { emptyReport, type LoadReport } from './load-report.ts';
import type { Shard } from './shard.ts';
import { type RemoteFits, WatchedSeries, type SeriesShape, type SeriesState } from './watched-series.ts';

/** Values of one series for the grid times of a load. */
export interface GridValues {
  readonly labels: Labels;
  readonly values: Float64Array;
  /** 1 at the grid times of which hardly anything is to be learnt; absent: all are trusted. */
  readonly distrusted?: Uint8Array;
}

/** How a load is carried out. */
export interface LoadOptions {
  /** Called between series, so that requests are answered during long loads. */
  readonly pause: () => Promise<void>;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Called once all values were taken but for those of series that wait for another fit than their first. */
  readonly taken?: () => void;
  /** All grid indexes that are to be loaded, where a load takes but some of them. */
  readonly stretch?: { readonly from: number; readonly to: number };
}

/** Values of one series from a grid index on. */
interface Stretch {
  readonly firstIndex: number;
  readonly values: Float64Array;
  readonly distrusted?: Uint8Array | undefined;
}

/** Series of a load that may wait for their fits side by side. */
const mostOpen = 65_536;

/** A watch that may have more series than this takes fewer fits for its first load. */
const manySeries = 10_000;

/** Told where a fit was asked for and will never be made. */
export class FitsEnded extends Error {
  constructor(watch: string) {
    super(`${watch}: fits have ended`);
  }
}

/** All series of one entry of the configuration, up to the same grid time. */
export class Watch {
  readonly settings: WatchSettings;
  readonly shape: SeriesShape;
  readonly series = new Map<string, WatchedSeries>();
  /** Newest grid index that was loaded; −Infinity before the first load. */
  lastIndex = -Infinity;
  #listener: WatchedSeries['onScored'];
  /** Why the model of all series could not go on from what was saved, in words. */
  modelFault: string | undefined;
  /** Who makes the fits, where a plug-in does. */
  remote: RemoteFits | undefined;
  /** Whether there is memory for one more series. */
  hasMemory: () => boolean = () => true;
  /** Who makes all other fits; absent: this thread. */
  fits: FitQueue | undefined;
  /** The part of all series that is followed; absent: all. */
  shard: Shard | undefined;
  /** Whether series that belong to it were another shard's when its state was saved, so that their history is still to be learnt. */
  isPartial = false;
  #learntAt = -Infinity;
  #identity: string | undefined;

  constructor(settings: WatchSettings, shape: SeriesShape) {
    this.settings = settings;
    this.shape = shape;
  }

  /**
   * Steps between the fits of the last horizon of a long history; Infinity: but one at its start. They show how well things went, and those of
   * tens of thousands of series would take an hour.
   */
  get longSpacing(): number {
    const { refitSteps, horizonSteps } = this.shape;
    return this.settings.seriesLimit > manySeries ? Infinity : Math.max(refitSteps, Math.ceil(horizonSteps / 4));
  }

  /** Whether a series with these labels is one to follow. */
  owns(labels: Labels): boolean {
    return this.shard?.owns(labels) ?? true;
  }

  /** An empty watch with the same settings and models that tells the same listener, for those series to follow that this one lacks. */
  sibling(): Watch {
    const sibling = new Watch(this.settings, this.shape);
    sibling.remote = this.remote;
    sibling.hasMemory = this.hasMemory;
    sibling.fits = this.fits;
    sibling.#listener = this.#listener;
    const lacks = (labels: Labels): boolean => !this.series.has(keyOf(sourceLabels(labels)));
    sibling.shard = { index: 0, count: 1, labels: [], ...this.shard, owns: (labels) => this.owns(labels) && lacks(labels) };
    return sibling;
  }

  /**
   * Takes the values of the grid indexes after `lastIndex` (at the first load: of the `length` ones up to `toIndex`), one array
   * of that length for each series; what a series has of them already is left out, so that a load may be repeated. Series that are known but absent get gaps; those that held nothing for a whole history go.
   * Rejects with a FitsEnded.
   */
  async load(toIndex: number, length: number, matrix: readonly GridValues[], options: LoadOptions): Promise<LoadReport> {
    const report = emptyReport();
    const absent = new Set(this.series.keys());
    const seen = new Set<string>();
    const gap = new Float64Array(length).fill(NaN);
    const firstIndex = toIndex - length + 1;
    // What this thread fits goes one by one; what is fitted elsewhere waits for nothing but its own fits.
    const lanes = createLanes(this.fits ? mostOpen : 1);
    const firstFits: Promise<void>[] = [];
    const giveWay = createGivingWay(options.pause, options.clock);
    for (const { labels, values, distrusted } of matrix) {
      const own = sourceLabels(labels);
      const key = keyOf(own);
      if (seen.has(key)) {
        report.duplicates++;
        continue;
      }
      seen.add(key);
      const series = this.series.get(key) ?? this.admit(own, key, firstIndex);
      absent.delete(key);
      const rest = series && this.#replay(series, { values, distrusted, firstIndex }, report, options);
      if (!series) report.overLimit++;
      if (rest && series.fitted === undefined) firstFits.push(rest);
      if (rest) await lanes.add(rest);
      await giveWay();
    }
    for (const key of absent) {
      const series = this.series.get(key);
      if (!series) continue;
      const rest = this.#replay(series, { values: gap, firstIndex }, report, options);
      if (rest) await lanes.add(rest);
      await giveWay();
    }
    await Promise.all([lanes.done(), Promise.all(firstFits).then(options.taken)]);
    for (const key of absent) if (this.series.get(key)?.ring.finite === 0) this.series.delete(key);
    this.lastIndex = toIndex;
    return report;
  }

  /** Lets a model that learns from all series of the watch learn a little more, once for each grid time. `pause` is called often. */
  async learn(pause: () => Promise<void>): Promise<void> {
    const { shared } = this.shape;
    if (!shared || this.#learntAt === this.lastIndex) return;
    this.#learntAt = this.lastIndex;
    const held = [...this.series.values()].filter((series) => series.ring.finite > 0);
    for (const _ of shared.learn(held.map((series) => () => series.history()))) await pause();
  }

  /** Takes in series that a first look found and that have no grid value yet, so that they can be forecast and shown. */
  meet(found: ReadonlyMap<string, FirstLook>): void {
    for (const [key, { labels }] of found) if (!this.series.has(key)) this.admit(labels, key, this.lastIndex + 1);
  }

  /** Takes in a series that was made elsewhere, as from saved state. */
  add(key: string, series: WatchedSeries): void {
    series.onScored = this.#listener;
    this.series.set(key, series);
  }

  /** Tells `listener`, and no one before it, of every value of every series right after it was scored and before it is learned. */
  listen(listener: WatchedSeries['onScored']): void {
    this.#listener = listener;
    for (const series of this.series.values()) series.onScored = listener;
  }

  /** Series that have too little history for a forecast on the watch's own grid. */
  cold(): readonly WatchedSeries[] {
    return [...this.series.values()].filter((series) => series.fitted === undefined && this.stateOf(series) === 'learning');
  }

  stateOf(series: WatchedSeries): SeriesState {
    return series.state(this.lastIndex);
  }

  /** A new series whose first value is that of `firstIndex`; nothing where the watch is full, or memory is. */
  admit(labels: Labels, key: string, firstIndex: number): WatchedSeries | undefined {
    if ((this.series.size >= this.settings.seriesLimit || !this.hasMemory()) && !this.evict()) return undefined;
    const series = new WatchedSeries(labels, key, this.shape, firstIndex);
    this.add(key, series);
    return series;
  }

  /** Gives up the series that has been gone the longest, if one is. */
  private evict(): boolean {
    let oldest: { key: string; lastFinite: number } | undefined;
    for (const [key, series] of this.series) {
      if (this.stateOf(series) === 'stale' && series.lastFinite < (oldest?.lastFinite ?? Infinity))
        oldest = { key, lastFinite: series.lastFinite };
    }
    return oldest !== undefined && this.series.delete(oldest.key);
  }

  /**
   * Hands a series its values one grid time after the other, those left out that it has already, fitting where the schedule says so:
   * the next value waits for the fit. Of a long stretch only the last horizon is worth forecasting again, and coarsely: its forecasts
   * only show how well things went. Gives a promise where there are fits to wait for.
   */
  #replay(
    series: WatchedSeries,
    { values, distrusted, firstIndex }: Stretch,
    report: LoadReport,
    options: LoadOptions,
  ): Promise<void> | undefined {
    const { horizonSteps, refitSteps, step } = this.shape;
    const { from, to } = options.stretch ?? { from: firstIndex, to: firstIndex + values.length - 1 };
    const long = to - from + 1 > horizonSteps;
    const every = long ? this.longSpacing : refitSteps;
    let i = Math.max(0, series.ring.last - firstIndex);
    /** Goes on until a fit is due; false where none is any more. */
    const untilFit = (): boolean => {
      for (; i < values.length; i++) {
        if (firstIndex + i > series.ring.last) {
          series.observe(values[i], distrusted?.[i] !== 1);
          if (Number.isFinite(values[i])) report.scored++;
        } else if (series.fitted?.time === series.ring.last * step) continue;
        const left = to - firstIndex - i;
        const isLast = long && left === 0;
        if (isLast ? series.lastFinite === series.ring.last && series.fitDue(1) : left < horizonSteps && series.fitDue(every)) return true;
      }
      return false;
    };
    const withFits = async (): Promise<void> => {
      do {
        await this.#fitInTurn(series, report, options);
        i++;
      } while (untilFit());
    };
    // From the newest value that it has: its fit may be missing.
    return untilFit() ? withFits() : undefined;
  }

  /** Fits one series where the fits of the watch are made. Rejects with a FitsEnded where these have ended. */
  async #fitInTurn(series: WatchedSeries, report: LoadReport, options: LoadOptions): Promise<void> {
    const asked = this.request(series);
    if (asked) return this.install(series, await asked.outcome, report);
    this.fit(series, report, options.clock);
    await options.pause();
  }

  /** Asks for the fit of a series, which must not move on until its outcome is installed; nothing where this thread makes it. */
  request(series: WatchedSeries): { readonly request: FitRequest; readonly outcome: Promise<FitOutcome> } | undefined {
    const { fits } = this;
    const { terms } = this.shape;
    if (!fits || !terms || this.remote) return undefined;
    const { step, refitSteps } = this.shape;
    // Fits under other terms mean something else.
    this.#identity ??= `${this.settings.name}:${createHash('sha256')
      .update(JSON.stringify([this.settings.expr, terms]))
      .digest('hex')
      .slice(0, 16)}`;
    const place = { watch: this.#identity, key: keyOf(series.labels), origin: series.ring.last * step, step, every: refitSteps * step };
    const request = { watch: this.settings.name, job: () => series.fitJob(terms), place };
    return { request, outcome: fits.fit(request) };
  }

  /** Takes up a fit made elsewhere of the values up to the newest; a failure is told in `report`. Throws a FitsEnded. */
  install(series: WatchedSeries, outcome: FitOutcome, report: LoadReport): void {
    if (outcome.kind === 'ended') throw new FitsEnded(this.settings.name);
    report.fitSeconds.push(outcome.seconds);
    if (outcome.kind === 'fit') {
      series.take(outcome.fit, series.ring.last);
      report.fits++;
    } else {
      series.fault = outcome.fault;
      report.failures.push({ labels: series.labels, cause: new Error(outcome.fault) });
    }
  }

  /** Fits one series here and now; a failure is told in `report`. `clock` in monotonic seconds. */
  fit(series: WatchedSeries, report: LoadReport, clock: () => number): void {
    if (this.remote) return this.remote.request(series);
    const started = clock();
    try {
      if (this.shape.elsewhere) throw new Error(`forecaster ${this.settings.forecaster}: a plug-in, which only presage run has`);
      series.fit();
      report.fits++;
    } catch (cause) {
      series.fault = cause instanceof Error ? cause.message : String(cause);
      report.failures.push({ labels: series.labels, cause });
    }
    report.fitSeconds.push(clock() - started);
  }
}
