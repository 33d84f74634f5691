import { mkdirSync } from 'node:fs';
import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { forecastName, servedLevels } from '../serve/read.ts';
import { sourceLabels } from '../watch/labels.ts';
import type { GridValues } from '../watch/watch.ts';
import type { SeriesShape } from '../watch/watched-series.ts';
import { evaluateAlerts, evaluateRecords } from './evaluate-rules.ts';
import { openPastForecasts } from './forecast-log.ts';
import { passagesOf, type Incident } from './incidents.ts';
import { judge, type Verdict } from './judge.ts';
import { type KeptWalk, keptWalk } from './kept-walk.ts';
import { createRangeQuery } from './range-query.ts';
import { copyRaw } from './raw-samples.ts';
import type { RuleSet } from './rule-file.ts';
import type { Store } from './store.ts';
import { type SkippedRule, withoutUnanswerable } from './unanswerable.ts';

/** What is to be replayed. */
export interface ReplayOptions {
  readonly configuration: Configuration;
  readonly ruleSets: readonly RuleSet[];
  /** Unix seconds: the span whose alerts are wanted. Histories before it are read as far as they go. */
  readonly from: number;
  readonly to: number;
  /** Gives the raw samples that rules read; absent where the store holds them already. */
  readonly source?: PrometheusClient;
  readonly store: Store;
  /** What is kept between runs, so that one that was broken off goes on; a folder. */
  readonly work: string;
  /** Incidents known besides the passed limits. */
  readonly incidents: readonly Incident[];
  /** Whether limits that were really passed count as incidents. */
  readonly limitsCount: boolean;
  /** Seconds before a passed limit from which on an alert of it is right. */
  readonly foresight: number;
  /** The values of a watch at grid indexes; gaps are NaN. Rejects with a PrometheusError. */
  readonly readGrid: (settings: WatchSettings, fromIndex: number, toIndex: number) => Promise<readonly GridValues[]>;
  /** What a watch means for its series. */
  readonly shapeOf: (settings: WatchSettings) => SeriesShape;
  readonly pause: () => Promise<void>;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Seconds of walking after which what was walked is kept, so that a replay that was broken off goes on from there. */
  readonly checkpoint: number;
  /** `done` of `all` steps, and what is being done. */
  readonly progress: (what: string, done: number, all: number) => void;
}

/** One series as it really went, for the report. */
export interface SeenSeries {
  readonly watch: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly start: number;
  readonly step: number;
  readonly values: Float64Array;
  readonly limits: WatchSettings['limits'];
}

/** What a replay found. */
export interface ReplayResult {
  readonly from: number;
  readonly to: number;
  readonly incidents: readonly Incident[];
  readonly verdicts: readonly Verdict[];
  /** Rules that could not be judged. */
  readonly skipped: readonly SkippedRule[];
  readonly series: readonly SeenSeries[];
}

/** A replay that cannot be: the message says why. */
export class ReplayError extends Error {}

/**
 * Walks through the range as if live, evaluates every set of rules over it, and holds what fired against what happened. The same
 * input gives the same result, broken off and taken up again or not. Rejects with a ReplayError, RawSamplesError, PrometheusError
 * or StoreError.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { configuration, from, to, store, work, progress, source } = options;
  refusePlugins(options);
  mkdirSync(work, { recursive: true });
  const { ruleSets, skipped } = withoutUnanswerable(options.ruleSets);
  const every = evaluationStep(configuration);
  const lag = Math.max(...configuration.watches.map(({ delay }) => delay));
  const evaluations = { start: Math.ceil(from / every) * every + lag, end: to, every };
  const walked = await walkAll(options, ruleSets, every);
  const forecasts = walked.flatMap((one) => one.forecasts ?? []);
  const past = forecasts.length > 0 ? openPastForecasts(forecasts, every) : undefined;
  if (past) await store.serve(past);
  progress('reading what the rules ask for', 0, 1);
  const raw = source ? await copyRaw({ ruleSets, from, to, every, source, store, work }) : [];
  await store.load([...walked.map(({ samples }) => samples), ...raw]);
  const evaluate = { ruleSets, store, work, evaluations, progress, range: createRangeQuery(store, evaluations, past) };
  await evaluateRecords(evaluate);
  const firings = await evaluateAlerts(evaluate);
  const series = walked.flatMap((one) => one.series);
  const known = [...options.incidents, ...(options.limitsCount ? series.flatMap((one) => passages(one, options)) : [])]
    .filter(({ start, end }) => end > from && start < to)
    .sort((a, b) => a.hurt - b.hurt);
  const incidents = known.filter(({ ignored }) => ignored !== true);
  const span = { start: from, end: to, ignored: known.filter(({ ignored }) => ignored === true) };
  const verdicts = ruleSets.map(({ name }, i) => judge(name, firings[i], incidents, span));
  return { from, to, incidents, series, verdicts, skipped };
}

/** Longest time between two evaluations of rules: what Prometheus still takes for one series. */
const WIDEST = 300;

/** Seconds between two evaluations of the rules in a replay: the finest step of a watch, and five minutes at most. */
export function evaluationStep({ watches }: Pick<Configuration, 'watches'>): number {
  return Math.min(WIDEST, ...watches.map(({ step }) => step));
}

/** A walk makes its fits itself, one after the other, and has no workers for plug-ins. */
function refusePlugins({ configuration, shapeOf }: ReplayOptions): void {
  const elsewhere = configuration.watches.find((settings) => shapeOf(settings).elsewhere === true);
  if (elsewhere === undefined) return;
  throw new ReplayError(
    `watch ${elsewhere.name}: got forecaster ${elsewhere.forecaster}, a plug-in, want one of Presage's own in a replay`,
  );
}

function passages(seen: SeenSeries, { foresight, from }: ReplayOptions): readonly Incident[] {
  const skip = Math.max(0, Math.ceil((from - seen.start) / seen.step));
  const labels = { ...seen.labels, watch: seen.watch };
  return passagesOf(
    { labels, values: seen.values.subarray(skip) },
    { start: seen.start + skip * seen.step, step: seen.step },
    seen.limits,
    foresight,
  );
}

interface Walked extends KeptWalk {
  readonly series: readonly SeenSeries[];
}

async function walkAll(options: ReplayOptions, ruleSets: readonly RuleSet[], every: number): Promise<readonly Walked[]> {
  const { configuration, from, to, store, work, clock, checkpoint, pause } = options;
  const rules = ruleSets.flatMap(({ records, alerts }) => [...records, ...alerts]);
  const read = new Set(rules.flatMap(({ reads }) => reads.names));
  const levels = levelsRead(rules.flatMap(({ reads }) => reads.selectors));
  const all: Walked[] = [];
  for (const [i, settings] of configuration.watches.entries()) {
    const progress = (done: number, of: number): void =>
      options.progress(`walking ${settings.name}`, i + done / of, configuration.watches.length);
    progress(0, 1);
    const { step } = settings;
    const shape = options.shapeOf(settings);
    const [fromIndex, toIndex] = [Math.ceil(from / step), Math.floor(to / step)];
    const matrix = await options.readGrid(settings, fromIndex - shape.historySteps, toIndex);
    const start = (fromIndex - shape.historySteps) * step;
    const series = matrix.map(({ labels, values }) => ({
      watch: settings.name,
      labels: sourceLabels(labels),
      start,
      step,
      values,
      limits: settings.limits,
    }));
    const { gauges } = configuration;
    const walk = {
      settings,
      shape,
      gauges,
      matrix,
      fromIndex,
      toIndex,
      every,
      read,
      levels,
      store,
      work,
      clock,
      checkpoint,
      pause,
      progress,
    };
    all.push({ series, ...(await keptWalk(walk)) });
  }
  return all;
}

/** The levels of presage_forecast that selectors ask for: all where one does not say; none where nothing reads it. */
function levelsRead(selectors: readonly string[]): readonly number[] {
  const asked = selectors.filter((text) => text.startsWith(forecastName));
  return servedLevels.filter((level) =>
    asked.some((text) =>
      (parseSelector(text)?.matchers ?? []).every((matcher) => matcher.label !== 'quantile' || matcher.matches(String(level))),
    ),
  );
}
