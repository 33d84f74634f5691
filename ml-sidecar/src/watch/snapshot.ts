import { z } from 'zod';
import type { WatchSettings } from '../configuration/configuration.ts';
import { anomalySchema } from './anomaly-log.ts';
import { keyOf } from './labels.ts';
import {
  choiceAsData,
  choiceSchema,
  finiteOrNull,
  fittedAsData,
  fittedSchema,
  liveAsData,
  liveSchema,
  missesAsData,
  missesSchema,
} from './learned.ts';
import { covers } from './shard.ts';
import type { Watch } from './watch.ts';
import { scorerGrid, WatchedSeries, type SeriesShape } from './watched-series.ts';

/** State of a watch as plain data: a header for JSON and columns of numbers. */
export interface WatchSnapshot {
  readonly header: z.input<typeof headerSchema>;
  readonly columns: readonly (Float64Array | Float32Array | Uint8Array)[];
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
  choice: choiceSchema.optional(),
  misses: missesSchema.optional(),
  live: liveSchema.optional(),
  anomalies: z.array(anomalySchema).optional(),
  fitted: fittedSchema.nullable(),
});

const headerSchema = z.object({
  version: z.literal(2),
  /** What the state was made from; another identity means another state. */
  identity: z.string(),
  lastIndex: indexSchema,
  /** The part of all series that it is of; absent: all. */
  shard: z.object({ index: z.number(), count: z.number(), labels: z.array(z.string()) }).optional(),
  series: z.array(seriesSchema),
});

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

/** Everything that a watch needs to go on as if it had not stopped. */
export function takeSnapshot(watch: Watch): WatchSnapshot {
  const series = [...watch.series.values()];
  return { header: { ...headOf(watch), series: series.map(dataOf) }, columns: series.flatMap(stateOf) };
}

/** The same piece by piece, for a watch that stands still meanwhile: JSON of the header in pieces, and the columns. */
export function snapshotInPieces(watch: Watch): {
  readonly header: () => Iterable<string>;
  readonly columns: () => Iterable<WatchSnapshot['columns'][number]>;
} {
  const series = [...watch.series.values()];
  return {
    *header() {
      yield `${JSON.stringify(headOf(watch)).slice(0, -1)},"series":[`;
      for (let i = 0; i < series.length; i++) yield (i === 0 ? '' : ',') + JSON.stringify(dataOf(series[i]));
      yield ']}';
    },
    *columns() {
      for (const one of series) yield* stateOf(one);
    },
  };
}

function headOf({ settings, shape, lastIndex, shard }: Watch): Omit<WatchSnapshot['header'], 'series'> {
  return {
    version: 2,
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
    choice: one.choice && choiceAsData(one.choice),
    misses: one.misses && missesAsData(one.misses),
    live: one.live && liveAsData(one.live),
    anomalies: one.anomalies.map((anomaly) => ({ ...anomaly })),
    fitted: one.fitted ? fittedAsData(one.fitted) : null,
  };
}

function stateOf(one: WatchedSeries): WatchSnapshot['columns'] {
  return [one.scorer.snapshot(), ...columnsOf(one)];
}

/** Fills an empty `watch` with those series that its shard owns. False, with nothing changed, where the snapshot was made by another configuration or version. */
export function restoreSnapshot(watch: Watch, header: unknown, columns: readonly (Float64Array | Float32Array | Uint8Array)[]): boolean {
  const parsed = headerSchema.safeParse(header);
  if (!parsed.success || parsed.data.identity !== identityOf(watch.settings, watch.shape)) return false;
  const { shape } = watch;
  let next = 0;
  for (const saved of parsed.data.series) {
    const key = keyOf(saved.labels);
    const series = new WatchedSeries(saved.labels, key, shape, Math.ceil(saved.scorerStart / shape.step - 1e-9));
    const scorer = columns[next++];
    if (!(scorer instanceof Float64Array)) throw new RangeError(`state of ${watch.settings.name}: got no scorer for ${key}`);
    series.scorer = shape.detector.restore(scorerGrid(shape, saved.scorerStart), scorer);
    for (const column of columnsOf(series)) column.set(columns[next++]);
    series.ring.last = saved.last;
    series.ring.filled = saved.filled;
    series.ring.finite = saved.finite;
    series.forecasts.last = saved.forecastLast ?? -Infinity;
    series.lastFinite = saved.lastFinite ?? -Infinity;
    series.score = saved.score;
    series.direction = saved.direction;
    series.choice = saved.choice;
    series.misses = saved.misses;
    series.anomalies.push(...(saved.anomalies ?? []));
    if (series.live && saved.live) Object.assign(series.live, saved.live);
    series.fitted = saved.fitted ?? undefined;
    if (watch.owns(saved.labels)) watch.add(key, series);
  }
  watch.lastIndex = parsed.data.lastIndex ?? -Infinity;
  watch.isPartial = !covers(parsed.data.shard, watch.shard);
  return true;
}

/** The arrays of a series in a fixed order; views, so that restoring writes into them. */
function columnsOf(series: WatchedSeries): readonly (Float64Array | Float32Array | Uint8Array)[] {
  const { ring, forecasts, record } = series;
  return [ring.values, ring.weights, ...forecasts.rows, record.coverage, record.loss, ...record.pending];
}
