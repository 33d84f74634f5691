import type { ExpectedBand } from '../detectors/detector.ts';
import type { WatchedSeries } from './watched-series.ts';

/** Where a series that is fed sample by sample stands between two grid times. Plain numbers, so that it can be saved. */
export interface LiveState {
  /** Index of the open slot: a slot spans one resolution, and ends with the time index × resolution. */
  slot: number;
  /** Value of the newest sample of the open slot, NaN where it has none, and what that sample scored. */
  value: number;
  score: number;
  /** Time of the newest sample, Unix seconds; −Infinity before the first. */
  time: number;
  /** Seconds that usually lie between two samples; NaN before the second. */
  interval: number;
  /** Newest value of the open window of the grid and what it scored; NaN where there is none. */
  windowValue: number;
  windowScore: number;
  /**
   * What the forecast that was in force when the open window of the grid began says of that window; absent where there was none. Samples
   * are held against it until the window is over, so that no score hangs on the moment at which a fit is taken up.
   */
  band?: ExpectedBand | undefined;
  /** Whether a fit is due at the newest grid value; made before the next one comes. */
  fitDue: boolean;
  /** Whether the source said that the series has ended. Shown, and nothing else. */
  ended: boolean;
}

/** The state before the first sample, with `slot` the first that may hold one. */
export function startLive(slot: number): LiveState {
  return {
    slot,
    value: NaN,
    score: 0,
    time: -Infinity,
    interval: NaN,
    windowValue: NaN,
    windowScore: 0,
    fitDue: false,
    ended: false,
  };
}

/** Prometheus keeps milliseconds. */
const resolutionOfTime = 0.0005;
/** A sample that comes later than this many intervals after the one before it says that some are missing. */
const gapFactor = 1.5;
/** Share of an interval that two samples are apart at least. */
const nearly = 0.75;
/** The interval falls at once and grows by this at most: one that was missed does not make the next miss look usual. */
const growth = 1.25;

/** Index of the window of the grid that a time (Unix seconds) belongs to: it ends with its grid time. */
export function windowOf(time: number, step: number): number {
  return Math.ceil((time - resolutionOfTime) / step);
}

/**
 * Whether samples seem to be missing between the newest of a series and a new one, where it was looked for all up to `looked`: another one
 * lies an interval before the new one, or was looked for. Unix seconds.
 */
export function missesSamples(live: LiveState, looked: number, time: number): boolean {
  return time - live.time > gapFactor * live.interval && time - looked > nearly * live.interval;
}

/** When a series is fitted, and how. */
export interface FitSchedule {
  /** Steps between two fits around a grid index; 0 for none. */
  every(index: number): number;
  fit(): void;
}

/**
 * Scores a sample (Unix seconds) as it comes against what was learned from the slots before its own, and keeps it. The newest
 * sample of each slot is learned once the slot is over, that of each window becomes the value of the grid: all of it a pure
 * function of the samples in their order, whenever they arrive. A sample behind the newest is scored and not learned.
 * A fit that is due is made at the latest before the next value of the grid.
 */
export function takeSample(series: WatchedSeries, live: LiveState, time: number, value: number, fits: FitSchedule): number {
  const { step, resolution = step } = series.shape;
  const index = windowOf(time, step);
  if (time <= live.time) return series.scorer.score(value);
  closeUntil(series, live, windowOf(time, resolution) - 1, fits);
  const score = series.scoreAt(index, value, time);
  const since = time - live.time;
  if (since < Infinity) live.interval = live.interval > 0 ? Math.min(since, growth * live.interval) : since;
  live.time = time;
  live.value = Number.isFinite(value) ? value : NaN;
  live.score = score;
  live.ended = false;
  return score;
}

/** Closes all slots up to `last`, learning what they hold, and with them the windows of the grid. */
export function closeUntil(series: WatchedSeries, live: LiveState, last: number, fits: FitSchedule): void {
  const { step, resolution = step } = series.shape;
  const ratio = Math.round(step / resolution);
  while (live.slot <= last) {
    const index = Math.ceil(live.slot / ratio);
    series.learnAt(index, live.value);
    if (!Number.isNaN(live.value)) [live.windowValue, live.windowScore] = [live.value, live.score];
    [live.value, live.score] = [NaN, 0];
    if (live.slot === index * ratio) closeWindow(series, live, fits);
    live.slot++;
  }
}

function closeWindow(series: WatchedSeries, live: LiveState, fits: FitSchedule): void {
  if (live.fitDue) fits.fit();
  series.close(live.windowValue, live.windowScore);
  [live.windowValue, live.windowScore] = [NaN, 0];
  live.band = series.forecastBand(series.ring.last + 1);
  const every = fits.every(series.ring.last);
  live.fitDue = every > 0 && series.fitDue(every);
}
