import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration, WatchSettings } from '../configuration/configuration.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { isGaugeName } from '../serve/metrics.ts';
import { sourceLabels } from '../watch/labels.ts';
import { Watch, type GridValues } from '../watch/watch.ts';
import type { SeriesShape } from '../watch/watched-series.ts';
import { firingsOf, type Evaluations, type Firing } from './alert-timeline.ts';
import { passagesOf, type Incident } from './incidents.ts';
import { judge, type Verdict } from './judge.ts';
import { inLevels, type RecordRule, type RuleSet } from './rule-file.ts';
import type { Store } from './store.ts';
import { walk } from './walk.ts';

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
  readonly series: readonly SeenSeries[];
}

/** Rules that ask for something that a replay has not. */
export class ReplayError extends Error {}

/**
 * Walks through the range as if live, evaluates every set of rules over it, and holds what fired against what happened. The same
 * input gives the same result. Rejects with a ReplayError, PrometheusError or StoreError.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { configuration, ruleSets, from, to, store, work } = options;
  refuseFuture(ruleSets);
  mkdirSync(work, { recursive: true });
  const every = Math.min(...configuration.watches.map(({ step }) => step));
  const lag = Math.max(...configuration.watches.map(({ delay }) => delay));
  const evaluations = { start: Math.ceil(from / every) * every + lag, end: to, every };
  const read = new Set(ruleSets.flatMap(({ records, alerts }) => [...records, ...alerts].flatMap(({ reads }) => reads.names)));
  const files: string[] = [];
  const series: SeenSeries[] = [];
  for (const [i, settings] of configuration.watches.entries()) {
    const walked = await walkWatch(options, settings, read, (done, all) =>
      options.progress(`walking ${settings.name}`, i + done / all, configuration.watches.length),
    );
    files.push(walked.file);
    series.push(...walked.series);
  }
  options.progress('reading what the rules ask for', 0, 1);
  files.push(...(await copyRaw(options, every)));
  await store.load(files);
  await evaluateRecords(options, evaluations);
  const firings = await evaluateAlerts(options, evaluations);
  const incidents = [...options.incidents, ...(options.limitsCount ? series.flatMap((one) => passages(one, options)) : [])]
    .filter(({ start, end }) => end > from && start < to)
    .sort((a, b) => a.hurt - b.hurt);
  return { from, to, incidents, series, verdicts: ruleSets.map(({ name }, i) => judge(name, firings[i], incidents, from, to)) };
}

function refuseFuture(ruleSets: readonly RuleSet[]): void {
  for (const { records, alerts } of ruleSets) {
    for (const rule of [...records, ...alerts]) {
      if (!rule.reads.names.includes('presage_forecast')) continue;
      const name = 'alert' in rule ? rule.alert : rule.record;
      throw new ReplayError(
        `${name}: reads presage_forecast, which is served over remote read and was never stored; want presage_predicted or presage_time_to_limit_seconds`,
      );
    }
  }
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

interface Walked {
  readonly file: string;
  readonly series: readonly SeenSeries[];
}

async function walkWatch(
  options: ReplayOptions,
  settings: WatchSettings,
  read: ReadonlySet<string>,
  progress: (done: number, all: number) => void,
): Promise<Walked> {
  const { configuration, from, to, store, work } = options;
  const { step } = settings;
  const shape = options.shapeOf(settings);
  const fromIndex = Math.ceil(from / step);
  const toIndex = Math.floor(to / step);
  progress(0, 1);
  const matrix = await options.readGrid(settings, fromIndex - shape.historySteps, toIndex);
  const series = matrix.map(({ labels, values }) => ({
    watch: settings.name,
    labels: sourceLabels(labels),
    start: (fromIndex - shape.historySteps) * step,
    step,
    values,
    limits: settings.limits,
  }));
  const wanted = [...read].filter(isGaugeName);
  const file = join(
    work,
    `${settings.name}-${fingerprint(settings, configuration.gauges, wanted, fromIndex, toIndex, matrix)}.openmetrics`,
  );
  if (!existsSync(file)) {
    const batch = store.batch(`${file}.part`);
    const stepped =
      (done = 0) =>
      () =>
        progress(++done, toIndex - fromIndex + 1);
    await walk(
      {
        watch: new Watch(settings, shape),
        matrix,
        fromIndex,
        toIndex,
        gauges: configuration.gauges,
        wanted: new Set(wanted),
        pause: options.pause,
        stepped: stepped(),
      },
      batch,
    );
    batch.close();
    renameSync(`${file}.part`, file);
  }
  return { file, series };
}

/** Changes with whatever changes what a walk gives. */
function fingerprint(...parts: readonly unknown[]): string {
  const hash = createHash('sha256');
  const [matrix] = parts.slice(-1);
  hash.update(JSON.stringify(parts.slice(0, -1)));
  if (Array.isArray(matrix)) for (const { labels, values } of matrix) hash.update(JSON.stringify(labels)).update(values);
  return hash.digest('hex').slice(0, 16);
}

/** The raw samples of everything that rules read and that neither Presage nor a rule gives. */
async function copyRaw({ ruleSets, from, to, source, store, work }: ReplayOptions, every: number): Promise<readonly string[]> {
  if (source === undefined) return [];
  const rules = ruleSets.flatMap(({ records, alerts }) => [...records, ...alerts]);
  const given = new Set(ruleSets.flatMap(({ records }) => records.map(({ record }) => record)));
  const own = (text: string): boolean => {
    const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? '';
    // What a Prometheus wrote of its own alerts is not what these rules would have fired.
    return isGaugeName(name) || given.has(name) || name === 'ALERTS';
  };
  const selectors = new Set(rules.flatMap(({ reads }) => reads.selectors).filter((text) => !own(text)));
  const reach = Math.max(0, ...rules.map(({ reads }) => reads.reach));
  const seen = new Set<string>();
  const files: string[] = [];
  for (const text of selectors) {
    const selector = parseSelector(text);
    if (selector === undefined) throw new ReplayError(`got ${text} in a rule, want a selector that can be read`);
    const file = join(work, `raw-${files.length}.openmetrics`);
    const batch = store.batch(file);
    for (const one of await source.readSamples(selector, from - reach - every, to)) {
      const key = JSON.stringify([one.name, one.labels]);
      // Two selectors may share series; a store takes each sample once.
      if (seen.has(key)) continue;
      seen.add(key);
      for (let i = 0; i < one.times.length; i++) batch.add(one.name, one.labels, one.times[i], one.values[i]);
    }
    batch.close();
    files.push(file);
  }
  return files;
}

/** Records level by level, so that what reads a recorded name finds it. */
async function evaluateRecords({ ruleSets, store, work, progress }: ReplayOptions, evaluations: Evaluations): Promise<void> {
  const unique = new Map<string, RecordRule>();
  for (const rule of ruleSets.flatMap(({ records }) => records))
    unique.set(`${rule.record}\n${rule.expr}\n${JSON.stringify(rule.labels)}`, rule);
  const levels = inLevels([...unique.values()]);
  for (const [i, level] of levels.entries()) {
    progress('recording', i, levels.length);
    const file = join(work, `records-${i}.openmetrics`);
    const batch = store.batch(file);
    let count = 0;
    for (const { record, expr, labels } of level) {
      // What a rule reads may lie further back than the range.
      for (const one of await store.client.queryRange(expr, evaluations.start, evaluations.end, evaluations.every)) {
        for (let k = 0; k < one.times.length; k++) batch.add(record, { ...one.labels, ...labels }, one.times[k], one.values[k]);
        count += one.times.length;
      }
    }
    batch.close();
    if (count > 0) await store.load([file]);
  }
}

async function evaluateAlerts(
  { ruleSets, store, progress }: ReplayOptions,
  evaluations: Evaluations,
): Promise<readonly (readonly Firing[])[]> {
  const all = ruleSets.reduce((sum, { alerts }) => sum + alerts.length, 0);
  let done = 0;
  const sets: Firing[][] = [];
  for (const { alerts } of ruleSets) {
    const firings: Firing[] = [];
    for (const alert of alerts) {
      progress(`evaluating ${alert.alert}`, done++, all);
      const matrix = await store.client.queryRange(alert.expr, evaluations.start, evaluations.end, evaluations.every);
      firings.push(...firingsOf(alert, matrix, evaluations));
    }
    sets.push(firings.sort((a, b) => a.start - b.start));
  }
  return sets;
}
