import { givingWay } from '@presage/service/giving-way.ts';
import { errorText, type Logger } from '@presage/service/log.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { WatchHealth } from '../serve/served.ts';
import type { LoadReport } from '../watch/load-report.ts';
import type { Watch } from '../watch/watch.ts';
import { keyOf } from '../watch/labels.ts';
import { distrusting, readFiredAlerts, type FiredAlert } from './alerts.ts';
import { readFine, readSlice, sliceLength } from './history.ts';
import type { LiveFeed } from './live-feed.ts';
import type { SelfMetrics } from './self-metrics.ts';
import { takeOver } from './take-over.ts';

/** What a poller works with. */
export interface PollerOptions {
  readonly watch: Watch;
  readonly client: PrometheusClient;
  readonly log: Logger;
  readonly metrics: SelfMetrics;
  /** Unix seconds. */
  readonly now: () => number;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Lets requests be answered. */
  readonly pause: () => Promise<void>;
  /** Rejects or resolves at once when the app stops. */
  readonly sleep: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called after new values were taken up; the watch stands still until it resolves. */
  readonly loaded: (watch: Watch) => Promise<void> | void;
  /** What brings live samples; absent where the values are asked for at the step of the watch. */
  readonly feed?: LiveFeed;
}

/** Keeps one watch up to date. */
export interface Poller {
  readonly watch: Watch;
  health(): WatchHealth;
  /** Whether what the watch holds is of one piece, and not half of what was being read when the poller ended. */
  isWhole(): boolean;
  /** Whether it was asked once. One that goes on from saved state has forecasts: it has read what it missed, and does not wait for the last fits. */
  isCurrent(): boolean;
  /** Polls until the signal; never rejects. */
  run(): Promise<void>;
}

/** How far a poller has got. */
interface Progress {
  /** Whether what the watch holds is of one piece. */
  isWhole: boolean;
  /** Whether the values up to now were read, and taken but for those that wait for a fit. */
  isCurrent: boolean;
  /** Whether it goes on from saved state. */
  isResumed: boolean;
}

/** Seconds until a failed query is tried again, at most one step. */
const retryAfter = 15;
/** Seconds between first looks at series that are too young for their own grid. */
const coldEvery = 10;

/** A poller that asks for each new grid time once it is `delay` old, and for what was missed. */
export function createPoller(options: PollerOptions): Poller {
  const { watch, log, metrics, now } = options;
  const { name, step, delay } = watch.settings;
  let up: boolean | undefined;
  let fault: string | undefined;
  let lastSuccess: number | undefined;
  const progress: Progress = { isWhole: true, isCurrent: false, isResumed: false };

  const succeeded = () => {
    if (up === false) log.info('watch works again', { watch: name });
    [up, fault, lastSuccess] = [true, undefined, now()];
    metrics.up(name, true, lastSuccess);
  };
  const failed = (error: unknown) => {
    const text = errorText(error);
    // A fault that lasts is told once; the counters go on.
    if (text !== fault) log.warn('watch cannot be updated', { watch: name, err: text });
    [up, fault] = [false, text];
    metrics.up(name, false, now());
  };
  const wait = (): number => {
    if (up === false) return Math.min(step, retryAfter);
    // What comes live is ahead of the grid.
    const last = options.feed ? Math.floor((now() - delay) / step) : watch.lastIndex;
    const next = (last + 1) * step + delay - now();
    const cold = watch.series.size === 0 || watch.cold().length > 0;
    return Math.max(0.05, cold ? Math.min(next, coldEvery) : next);
  };
  return {
    watch,
    health: () => ({ up, fault, lastSuccess }),
    isWhole: () => progress.isWhole,
    isCurrent: () => up !== undefined || progress.isCurrent,
    run: async () => {
      progress.isResumed = watch.series.size > 0;
      while (!options.signal.aborted) {
        try {
          await (options.feed ? updateLive(options, options.feed, progress) : update(options, progress));
          succeeded();
        } catch (error) {
          if (!options.signal.aborted) failed(error);
        }
        await options.sleep(wait());
      }
      if (options.feed) await tell(options, options.feed.live.report());
    },
  };
}

/** Takes up every grid time that is due and, where series are too young for it, a first look on a finer grid. */
async function update(options: PollerOptions, progress: Progress): Promise<void> {
  const { watch, metrics, now } = options;
  const { name, step, history, delay } = watch.settings;
  await takeOver(options);
  const toIndex = Math.floor((now() - delay) / step);
  const fromIndex = Math.max(watch.lastIndex + 1, toIndex - Math.round(history / step) + 1);
  if (toIndex >= fromIndex) {
    const before = watch.series.size;
    await loadStretch(options, { from: fromIndex, to: toIndex }, progress);
    if (watch.series.size === 0 && (before > 0 || watch.lastIndex === toIndex)) tellEmpty(options);
  }
  if (watch.cold().length > 0 || watch.series.size === 0) await firstLook(options);
  metrics.followed(name, watch.series.size);
  await watch.learn(options.pause);
  await options.loaded(watch);
}

/** Takes up a stretch of grid times; one of many values slice after slice, so that a long history is never held as a whole. */
async function loadStretch(options: PollerOptions, stretch: { readonly from: number; readonly to: number }, progress: Progress) {
  const { watch, client, metrics } = options;
  const { settings, shard } = watch;
  const length = await timed(options, () => sliceLength(client, settings, stretch.from, stretch.to, shard));
  for (let from = stretch.from; from <= stretch.to; from += length) {
    const to = Math.min(stretch.to, from + length - 1);
    const read = await timed(options, () => readSlice(client, settings, from, to, shard));
    metrics.ignored(settings.name, 'nan', read.nan);
    metrics.ignored(settings.name, 'infinite', read.infinite);
    const matrix = distrusting(read.matrix, await alertsWithin(options, from, to));
    progress.isWhole = false;
    const taken = (): void => void (progress.isCurrent ||= progress.isResumed && to === stretch.to);
    await tell(options, await watch.load(to, to - from + 1, matrix, { ...options, stretch, taken }));
    progress.isWhole = true;
  }
}

/** The alerts of a stretch; none where Prometheus cannot be asked for them, which is told once: values count for more. */
async function alertsWithin({ watch, client, log, signal }: PollerOptions, from: number, to: number): Promise<readonly FiredAlert[]> {
  if (watch.settings.distrustAlerts !== true) return [];
  try {
    return await readFiredAlerts(client, watch.settings, from, to);
  } catch (error) {
    if (signal.aborted) throw error;
    if (!toldAlerts.has(watch)) log.warn('alerts cannot be read', { watch: watch.settings.name, err: errorText(error) });
    toldAlerts.add(watch);
    return [];
  }
}

const toldAlerts = new WeakSet<Watch>();

/** Reads back what did not come live, and does what is due at every step. */
async function updateLive(options: PollerOptions, feed: LiveFeed, progress: Progress): Promise<void> {
  const { watch, metrics, now } = options;
  const tookOver = await takeOver(options);
  if (!feed.hasHeard() || tookOver) {
    progress.isWhole = false;
    await timed(options, () => feed.catchUp());
    progress.isWhole = true;
  }
  feed.live.settle(now());
  await tell(options, feed.live.report());
  if (watch.series.size === 0) tellEmpty(options);
  if (watch.cold().length > 0 || watch.series.size === 0) await firstLook(options);
  metrics.followed(watch.settings.name, watch.series.size);
  await watch.learn(options.pause);
  await options.loaded(watch);
}

async function firstLook(options: PollerOptions): Promise<void> {
  const { watch } = options;
  const fine = await timed(options, () => readFine(options.client, watch.settings, options.now(), watch.shard));
  watch.meet(fine);
  for (const series of watch.cold()) {
    const look = fine.get(keyOf(series.labels));
    if (look) series.fitCold(look.series);
    await options.pause();
  }
}

async function timed<T>(options: PollerOptions, ask: () => Promise<T>): Promise<T> {
  const started = options.clock();
  const { name } = options.watch.settings;
  try {
    const answer = await ask();
    options.metrics.queries(name, 'success', options.clock() - started);
    return answer;
  } catch (error) {
    options.metrics.queries(name, 'failure', options.clock() - started);
    throw error;
  }
}

const toldEmpty = new WeakSet<Watch>();

function tellEmpty({ watch, log }: PollerOptions): void {
  if (toldEmpty.has(watch)) return;
  toldEmpty.add(watch);
  log.warn('expression yields no series', { watch: watch.settings.name, expr: watch.settings.expr });
}

async function tell({ watch, log, metrics }: PollerOptions, report: LoadReport): Promise<void> {
  const { name, seriesLimit } = watch.settings;
  metrics.scored(name, report.scored);
  const giveWay = givingWay();
  for (const [i, seconds] of report.fitSeconds.entries()) {
    metrics.fitted(name, i < report.fits ? 'success' : 'failure', seconds);
    await giveWay();
  }
  if (report.overLimit > 0) {
    metrics.dropped(name, 'limit', report.overLimit);
    log.warn('series left out', { watch: name, series: report.overLimit, want: `at most ${seriesLimit}, see series_limit` });
  }
  if (report.duplicates > 0) {
    metrics.dropped(name, 'duplicate', report.duplicates);
    log.warn('series that differ in the metric name alone left out', { watch: name, series: report.duplicates });
  }
  for (const { labels, cause } of report.failures) log.warn('fit failed', { watch: name, labels, err: errorText(cause) });
}
