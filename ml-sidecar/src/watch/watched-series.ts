import { fitCalibrated } from '../evaluate/calibrate.ts';
import type { Detector, ExpectedBand, Scorer, ScorerGrid } from '../detectors/detector.ts';
import type { Fit, FitJob, FitTerms } from '../fits/fit-job.ts';
import { issued } from '../fits/make-fit.ts';
import type { Choice, Forecaster, WatchForecaster } from '../forecasters/forecaster.ts';
import type { Holidays, Series } from '../stats/series.ts';
import type { MissMemory } from '../stats/variogram.ts';
import { AnomalyLog } from './anomaly-log.ts';
import { coldForecast, leastSamples } from './cold-start.ts';
import { ForecastRing } from './forecast-ring.ts';
import { choiceOf, keptChoice, type KeptChoice } from './kept-choice.ts';
import { keptMisses, missesOf } from './kept-misses.ts';
import { hashOf, type Labels } from './labels.ts';
import { startLive, windowOf, type LiveState } from './live-series.ts';
import { coverageLevels, TrackRecord } from './track-record.ts';
import { ValueRing } from './value-ring.ts';

/** What all series of a watch have in common. Spans in steps. */
export interface SeriesShape {
  /** Seconds. */
  readonly step: number;
  /** Seconds between two values that the detector learns, where samples are taken one by one; divides the step. Absent: the step. */
  readonly resolution?: number;
  readonly historySteps: number;
  readonly horizonSteps: number;
  readonly refitSteps: number;
  readonly bounds: readonly [number, number];
  /** Quantile levels kept, ascending; 0.5 and the borders of every coverage band among them. */
  readonly levels: readonly number[];
  /** Steps ahead at which predictions are held to account. */
  readonly leads: readonly number[];
  readonly forecaster: Forecaster;
  /** The forecaster, where it is one that learns from all series of the watch. */
  readonly shared?: WatchForecaster;
  /** What its fits have in common, where they may be made in another thread or on another machine. */
  readonly terms?: FitTerms;
  /** Whether fits are made by a plug-in, the watch's `remote`; the forecaster then only says how many samples are needed. */
  readonly elsewhere?: boolean;
  readonly detector: Detector;
  /** Seconds to add to Unix time for the wall time that the seasons follow. Absent: UTC. */
  readonly wallOffset?: (time: number) => number;
  /** Days that are forecast as free ones. Absent: none are known. */
  readonly holidays?: Holidays;
}

/** Fits that are made elsewhere and take their time. */
export interface RemoteFits {
  /** Asks for a fit of a series as it stands when its turn comes; its result is handed to `take`, or stands in `fault`. */
  request(series: WatchedSeries): void;
}

/** What the last fit left behind. */
export interface FitSummary {
  readonly model: string;
  /** Unix seconds of the origin. */
  readonly time: number;
  /** Skill in the backtest of the fit; NaN where there was too little history for one. */
  readonly skill: number;
  /** Whether the fit found nothing that a rule of thumb does not know as well. */
  readonly unforecastable: boolean;
  /** Why it is, in words. */
  readonly because?: string | undefined;
  /** Share of samples of the backtests inside the bands of 50, 80 and 95 %; NaN where there were none. */
  readonly coverage?: readonly number[] | undefined;
  /** The straight way that the series has set out on: since when (Unix seconds), and its change a second. */
  readonly ramp?: { readonly since: number; readonly slope: number } | undefined;
}

export type SeriesState = (typeof seriesStates)[number];
export const seriesStates = ['learning', 'ready', 'stale', 'unforecastable'] as const;

/** Steps without a value after which a series counts as stale. */
const staleAfter = 3;

let made = 0;

/** One series of a watch: a pure function of the values handed in, so that a restart that replays them ends where it would have. */
export class WatchedSeries {
  readonly labels: Labels;
  /** Which one of all that this process has made. */
  readonly serial = made++;
  readonly shape: SeriesShape;
  readonly ring: ValueRing;
  readonly forecasts: ForecastRing;
  readonly record: TrackRecord;
  scorer: Scorer;
  /** Where the scorer's own time starts, Unix seconds. */
  readonly scorerStart: number;
  /** Where a series that is fed sample by sample stands between two grid times; absent where it is fed grid values. */
  readonly live: LiveState | undefined;
  /** Told of each value right after it was scored and before it is learned, with the grid index that it belongs to. */
  onScored: ((series: WatchedSeries, index: number, value: number) => void) | undefined;
  /** When it was anomalous, in order of time. */
  readonly anomalies = new AnomalyLog();
  /** Score of the newest finite value. */
  score = 0;
  /** 1 above, −1 below, 0 as expected. */
  direction = 0;
  /** Grid index of the newest finite value. */
  lastFinite = -Infinity;
  fitted: FitSummary | undefined;
  /** Why the last fit failed, in words; nothing where it did not. */
  fault: string | undefined;
  /** `choice` and `misses` as they are kept. */
  keptChoice: KeptChoice | undefined;
  keptMisses: Float64Array | undefined;
  /** Spreads the fits of a watch over its refit span. */
  readonly phase: number;

  constructor(labels: Labels, key: string, shape: SeriesShape, firstIndex: number) {
    this.labels = labels;
    this.shape = shape;
    this.ring = new ValueRing(shape.historySteps, firstIndex);
    this.forecasts = new ForecastRing(shape.levels, shape.horizonSteps, this.stepsAhead);
    this.record = new TrackRecord(shape.leads);
    const { step, resolution } = shape;
    this.live = resolution === undefined ? undefined : startLive((firstIndex - 1) * Math.round(step / resolution) + 1);
    // The first value of the scorer: the grid value, or the first slot of the window that ends with it.
    this.scorerStart = resolution === undefined ? firstIndex * step : (firstIndex - 1) * step + resolution;
    this.scorer = shape.detector.start(scorerGrid(shape, this.scorerStart));
    this.phase = hashOf(key) % shape.refitSteps;
  }

  /** A forecast reaches far enough that the whole horizon is covered until the next fit. */
  get stepsAhead(): number {
    return this.shape.horizonSteps + this.shape.refitSteps;
  }

  /** Takes the value of the next grid time; NaN for a gap. Of a time that is not `trusted`, as while an alert fires, hardly anything is learnt. */
  observe(value: number, trusted = true): void {
    const index = this.ring.last + 1;
    const score = this.scoreAt(index, value);
    this.learnAt(index, value);
    this.close(value, score, trusted);
  }

  /** Scores a value that belongs to a grid index, against what was known before it. `time` of the value itself, Unix seconds. */
  scoreAt(index: number, value: number, time = index * this.shape.step): number {
    const score = this.scorer.score(value, this.bandAt(index));
    if (!Number.isFinite(value)) return score;
    this.onScored?.(this, index, value);
    this.score = score;
    this.direction = score > 1 ? this.sideOf(index, value) : 0;
    if (score > 1) {
      const { direction } = this;
      this.anomalies.note({ time, value, score, direction, expected: this.scorer.expected() }, this.shape.step);
    }
    return score;
  }

  /** Hands a value that belongs to a grid index to the detector. */
  learnAt(index: number, value: number): void {
    this.scorer.learn(value, this.bandAt(index));
  }

  /** Keeps the value of the next grid time, which scored `score`; NaN for a gap. */
  close(value: number, score: number, trusted = true): void {
    const index = this.ring.last + 1;
    this.judgeBands(index, value);
    this.record.saw(index, value);
    if (Number.isFinite(value)) this.lastFinite = index;
    this.ring.push(value, score > 1 ? Math.max(0.02, 1 / (score * score)) : 1, trusted);
  }

  /** What the forecaster has compared and chosen so far, where it compares others. */
  get choice(): Choice | undefined {
    return this.keptChoice && choiceOf(this.keptChoice);
  }

  /** How misses of the forecast carry on from step to step; known from the first fit on. */
  get misses(): MissMemory | undefined {
    return this.keptMisses && missesOf(this.keptMisses);
  }

  /** Grid index that the newest value belongs to. */
  get newest(): number {
    const { live } = this;
    return live === undefined || live.time === -Infinity ? this.ring.last : Math.max(this.ring.last, windowOf(live.time, this.shape.step));
  }

  /** Whether the schedule asks for a fit at the newest grid time, every `every` steps. */
  fitDue(every: number): boolean {
    if (this.ring.finite < Math.max(leastSamples, this.shape.forecaster.minSamples) || this.lastFinite !== this.ring.last) return false;
    const first = this.fitted === undefined && !(this.shape.elsewhere === true && this.fault !== undefined);
    return first || (this.ring.last + this.phase) % every === 0;
  }

  /** What is held to learn from, up to the newest grid time. */
  history(): Series {
    const { step, wallOffset, holidays } = this.shape;
    return { ...this.ring.series(step), ...(wallOffset ? { wallOffset } : {}), ...(holidays ? { holidays } : {}) };
  }

  /** Learns anew from everything held and replaces the future. */
  fit(): void {
    const { bounds, forecaster, levels } = this.shape;
    const model = fitCalibrated(forecaster, this.history(), {
      horizonSteps: this.stepsAhead,
      bounds,
      ...(this.keptChoice ? { previous: choiceOf(this.keptChoice) } : {}),
    });
    this.take(issued(model, this.stepsAhead, levels), this.ring.last);
  }

  /** The same fit as a job for whoever makes it; its outcome is for `take`. */
  fitJob(terms: FitTerms): FitJob {
    const { first, values, weights } = this.ring.held();
    return { terms, start: first * terms.step, values, weights, ...(this.keptChoice ? { previous: choiceOf(this.keptChoice) } : {}) };
  }

  /** Takes up a fit whose origin is the grid index `origin`; what it says of times that have passed since is too late. */
  take(fit: Fit, origin: number): void {
    const { step } = this.shape;
    this.fault = undefined;
    this.keptChoice = fit.choice && keptChoice(fit.choice);
    this.keptMisses = fit.misses && keptMisses(fit.misses);
    const late = Math.max(0, this.ring.last - origin);
    const rows = fit.rows.map((row) => row.subarray(late));
    this.forecasts.install({ start: fit.start + late * step, rows }, step);
    this.fitted = summaryOf(fit, origin * step, step);
    this.record.leads.forEach((lead, i) => {
      this.record.predicted(i, this.ring.last, this.expected(this.ring.last + lead, 0.5), this.naive(lead));
    });
  }

  /** Forecasts from a finer grid, before there are enough values on the watch's own. */
  fitCold(fine: Series): void {
    this.forecasts.install(coldForecast(fine, this.shape.step, this.stepsAhead, this.shape.levels, this.shape.bounds), this.shape.step);
  }

  /** The quantile `level` for a grid index, NaN where nothing was forecast. `level` is one of the shape's. */
  expected(index: number, level: number): number {
    const row = this.shape.levels.indexOf(level);
    return row < 0 ? NaN : this.forecasts.at(index, row);
  }

  /** 1 − loss / loss of seasonal naive, live; NaN before the first evidence. */
  get skill(): number {
    return this.record.skill(this.fitted?.skill ?? NaN);
  }

  state(nowIndex: number): SeriesState {
    if (this.live?.ended === true) return 'stale';
    // Met by a first look, not yet seen on the grid.
    const seen = this.lastFinite > -Infinity;
    if (seen && nowIndex - this.lastFinite > staleAfter) return 'stale';
    if (this.fitted === undefined) return 'learning';
    return this.fitted.unforecastable || this.skill < 0 ? 'unforecastable' : 'ready';
  }

  /** What a value that belongs to a grid index is held against. */
  private bandAt(index: number): ExpectedBand | undefined {
    return this.live ? this.live.band : this.forecastBand(index);
  }

  /** What the forecast in force says of a grid index; nothing where there is none. */
  forecastBand(index: number): ExpectedBand | undefined {
    const median = this.expected(index, 0.5);
    return Number.isNaN(median) ? undefined : { median, low: this.expected(index, 0.1), high: this.expected(index, 0.9) };
  }

  private judgeBands(index: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const inside = coverageLevels.map((share) => {
      const lower = this.expected(index, tail(share));
      const upper = this.expected(index, 1 - tail(share));
      return Number.isNaN(lower) ? undefined : value >= lower && value <= upper;
    });
    if (inside.every((one) => one !== undefined)) this.record.sawBands(inside);
  }

  private sideOf(index: number, value: number): number {
    return Math.sign(value - (this.bandAt(index)?.median ?? this.ring.at(index - 1))) || 0;
  }

  /** What seasonal naive says for `lead` steps after the newest value: the newest same time of day that is known. */
  private naive(lead: number): number {
    const day = Math.max(1, Math.round(86_400 / this.shape.step));
    const last = this.ring.last;
    const seasonal = this.ring.at(last + lead - day * Math.ceil(lead / day));
    return Number.isFinite(seasonal) ? seasonal : this.ring.at(last);
  }
}

/** What is kept of a fit whose origin is at `time`, Unix seconds. */
function summaryOf(fit: Fit, time: number, step: number): FitSummary {
  const { model, unforecastable, because, coverage, ramp, origins } = fit;
  const way = ramp && { since: time - (ramp.length - 1) * step, slope: ramp.slope / step };
  return { model, time, skill: origins > 0 ? fit.skill : NaN, unforecastable, because, coverage, ramp: way };
}

/** The lower level of a central band; rounded, because 0.5 − 0.95 / 2 is not 0.025 in floating point. */
function tail(share: number): number {
  return Math.round((1 - share) * 5000) / 10_000;
}

/** The grid of a scorer whose first value is that of `start`, Unix seconds. */
export function scorerGrid({ step, resolution, wallOffset }: SeriesShape, start: number): ScorerGrid {
  return { start, step: resolution ?? step, ...(wallOffset ? { wallOffset } : {}) };
}
