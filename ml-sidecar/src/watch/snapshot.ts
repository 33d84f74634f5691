import { atOnce } from '@presage/service/giving-way.ts';
import { z } from 'zod';
import type { WatchSettings } from '../configuration/configuration.ts';
import { anomalySchema } from './anomaly-log.ts';
import { lengthOf, sharedModels, type ChosenModels } from './kept-choice.ts';
import { areMisses } from './kept-misses.ts';
import { keyOf } from './labels.ts';
import { finiteOrNull, fittedAsData, fittedSchema, liveAsData, liveSchema } from './learned.ts';
import type { Column, Section } from './section.ts';
import { covers } from './shard.ts';
import type { Watch } from './watch.ts';
import { scorerGrid, WatchedSeries, type SeriesShape } from './watched-series.ts';

/** A part of the state of a watch. */
export interface WatchSection extends Section {
  readonly header: z.input<typeof headSchema> | z.input<typeof seriesSectionSchema>;
}

/** JSON has no infinities; grid indexes that are not there yet are null. */
const indexSchema = z.number().nullable();

const seriesSchema = z.object({
  labels: z.record(z.string(), z.string()),
  scorerStart: z.number(),
  last: z.number(),
  filled: z.number(),
  finite: z.number(),
  forecastLast: indexSchema,
  lastFinite: indexSchema,
  score: z.number(),
  direction: z.number(),
  /** Which of the section's `models` its choice names, where it has made one. */
  models: z.int().min(0).optional(),
  live: liveSchema.optional(),
  anomalies: z.array(anomalySchema).optional(),
  fitted: fittedSchema.nullable(),
});

/** What stands before the series. */
const headSchema = z.object({
  version: z.literal(3),
  /** What the state was made from; another identity means another state. */
  identity: z.string(),
  lastIndex: indexSchema,
  /** The part of all series that it is of; absent: all. */
  shard: z.object({ index: z.number(), count: z.number(), labels: z.array(z.string()) }).optional(),
});

const namesSchema = z.array(z.string()).readonly();

const seriesSectionSchema = z.object({
  /** The lists of models that choices name. */
  models: z.array(z.array(z.object({ losses: namesSchema, weights: namesSchema })).readonly()),
  series: z.array(seriesSchema),
  /** Keys of those in sections before that have been given up since. */
  gone: namesSchema.optional(),
});

/** Bytes of numbers that make a section: what is encoded, or taken up, without giving way costs some ten milliseconds. */
const sectionBytes = 4 * 2 ** 20;
const noNumbers = new Float64Array(0);

/** What must be the same for saved state to fit: everything that gives the arrays their shape and the numbers their meaning. */
export function identityOf(settings: WatchSettings, { levels, resolution }: Pick<SeriesShape, 'levels' | 'resolution'>): string {
  const { expr, step, history, horizon, refit, detector, timezone = 'UTC', recordedAs } = settings;
  return JSON.stringify({
    expr,
    step,
    history,
    horizon,
    refit,
    detector,
    timezone,
    levels,
    resolution: resolution === undefined ? undefined : { resolution, recordedAs },
  });
}

/**
 * Everything that a watch needs to go on as if it had not stopped, in sections: what it is, then its series, some to a section. The
 * columns are views. Where the watch moves on between two sections, each series is as it was when its section was asked for: a series
 * says itself how far it has got, and those behind catch up alone.
 */
export function* snapshotInSteps(watch: Watch): Generator<WatchSection> {
  yield { header: headOf(watch), columns: [] };
  let section = emptySection();
  const taken: string[] = [];
  for (const [key, one] of watch.series) {
    taken.push(key);
    section.add(one);
    if (section.bytes < sectionBytes) continue;
    yield section.whole();
    section = emptySection();
  }
  const gone = taken.filter((key) => !watch.series.has(key));
  if (section.bytes > 0 || gone.length > 0) yield section.whole(gone);
}

/** A section that takes one series after the other. */
function emptySection() {
  const models: ChosenModels[] = [];
  const series: z.input<typeof seriesSchema>[] = [];
  const columns: Column[] = [];
  const placeOf = (wanted: ChosenModels): number => (models.includes(wanted) ? models.indexOf(wanted) : models.push(wanted) - 1);
  const section = {
    bytes: 0,
    add(one: WatchedSeries): void {
      series.push({ ...dataOf(one), ...(one.keptChoice ? { models: placeOf(one.keptChoice.models) } : {}) });
      for (const column of stateOf(one)) {
        columns.push(column);
        section.bytes += column.byteLength;
      }
    },
    whole: (gone: readonly string[] = []): WatchSection => ({
      header: { models, series, ...(gone.length > 0 ? { gone } : {}) },
      columns,
    }),
  };
  return section;
}

/** The same at once. */
export function takeSnapshot(watch: Watch): readonly WatchSection[] {
  return [...snapshotInSteps(watch)];
}

function headOf({ settings, shape, lastIndex, shard }: Watch): z.input<typeof headSchema> {
  return {
    version: 3,
    identity: identityOf(settings, shape),
    lastIndex: finiteOrNull(lastIndex),
    ...(shard ? { shard: { index: shard.index, count: shard.count, labels: [...shard.labels] } } : {}),
  };
}

function dataOf(one: WatchedSeries): z.input<typeof seriesSchema> {
  return {
    labels: one.labels,
    scorerStart: one.scorerStart,
    last: one.ring.last,
    filled: one.ring.filled,
    finite: one.ring.finite,
    forecastLast: finiteOrNull(one.forecasts.last),
    lastFinite: finiteOrNull(one.lastFinite),
    score: one.score,
    direction: one.direction,
    live: one.live && liveAsData(one.live),
    anomalies: [...one.anomalies.since()],
    fitted: one.fitted ? fittedAsData(one.fitted) : null,
  };
}

function stateOf(one: WatchedSeries): readonly Column[] {
  return [one.scorer.snapshot(), ...columnsOf(one), one.keptChoice?.numbers ?? noNumbers, one.keptMisses ?? noNumbers];
}

/**
 * Fills an empty `watch` with those series that its shard owns; a step is one section, and others may run between two. Gives false,
 * with nothing changed, where the snapshot was made by another configuration or version. Throws a RangeError where it is broken, and
 * what `sections` throws; then the watch holds a part of it.
 */
export function* restoreInSteps(watch: Watch, sections: Iterable<Section>): Generator<void, boolean> {
  let head: z.output<typeof headSchema> | undefined;
  for (const { header, columns } of sections) {
    if (head) {
      takeSeries(watch, header, columns);
    } else {
      const parsed = headSchema.safeParse(header);
      if (!parsed.success || parsed.data.identity !== identityOf(watch.settings, watch.shape)) return false;
      head = parsed.data;
    }
    yield;
  }
  if (!head) throw new RangeError(`state of ${watch.settings.name}: got no section, want one of the watch first`);
  watch.lastIndex = head.lastIndex ?? -Infinity;
  watch.isPartial = !covers(head.shard, watch.shard);
  return true;
}

/** The same at once. */
export function restoreSnapshot(watch: Watch, sections: Iterable<Section>): boolean {
  return atOnce(restoreInSteps(watch, sections));
}

/** Takes up the series of one section. */
function takeSeries(watch: Watch, header: unknown, columns: readonly Column[]): void {
  const { shape, settings } = watch;
  const parsed = seriesSectionSchema.safeParse(header);
  if (!parsed.success) throw new RangeError(`state of ${settings.name}: ${z.prettifyError(parsed.error)}`);
  const models = parsed.data.models.map(sharedModels);
  let next = 0;
  for (const saved of parsed.data.series) {
    const key = keyOf(saved.labels);
    const series = new WatchedSeries(saved.labels, key, shape, Math.ceil(saved.scorerStart / shape.step - 1e-9));
    const broken = (what: string) => new RangeError(`state of ${settings.name}: got no ${what} for ${key}`);
    const scorer = columns[next++];
    if (!(scorer instanceof Float64Array)) throw broken('scorer');
    series.scorer = shape.detector.restore(scorerGrid(shape, saved.scorerStart), scorer);
    for (const column of columnsOf(series)) {
      const from = columns[next++];
      if (from?.length !== column.length) throw broken(`column of ${column.length}`);
      column.set(from);
    }
    const [choice, misses] = [columns[next++], columns[next++]];
    if (!(choice instanceof Float64Array && misses instanceof Float64Array)) throw broken('choice');
    takeLearned(series, { models: saved.models === undefined ? undefined : models[saved.models], choice, misses }, broken);
    series.ring.last = saved.last;
    series.ring.filled = saved.filled;
    series.ring.finite = saved.finite;
    series.forecasts.last = saved.forecastLast ?? -Infinity;
    series.lastFinite = saved.lastFinite ?? -Infinity;
    series.score = saved.score;
    series.direction = saved.direction;
    series.anomalies.restore(saved.anomalies ?? []);
    if (series.live && saved.live) Object.assign(series.live, saved.live);
    series.fitted = saved.fitted ?? undefined;
    if (watch.owns(saved.labels)) watch.add(key, series);
  }
  for (const key of parsed.data.gone ?? []) watch.series.delete(key);
}

/** Takes up what the last fit left; copied, as the columns are views of a whole section. */
function takeLearned(
  series: WatchedSeries,
  { models, choice, misses }: { readonly models: ChosenModels | undefined; readonly choice: Float64Array; readonly misses: Float64Array },
  broken: (what: string) => RangeError,
): void {
  if (choice.length !== (models ? lengthOf(models) : 0)) throw broken('whole choice');
  if (models) series.keptChoice = { models, numbers: choice.slice() };
  if (misses.length === 0) return;
  if (!areMisses(misses)) throw broken('misses');
  series.keptMisses = misses.slice();
}

/** The arrays of a series in a fixed order; views, so that restoring writes into them. */
function columnsOf(series: WatchedSeries): readonly Column[] {
  const { ring, forecasts, record } = series;
  return [ring.values, ring.weights, forecasts.values, record.coverage, record.loss, record.pending];
}
