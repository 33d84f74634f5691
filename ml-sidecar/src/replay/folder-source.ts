import type { DataFolder } from '../evaluate/data-folder.ts';
import { z } from 'zod';
import type { Incident } from './incidents.ts';
import type { Batch } from './store.ts';

/** Name of the series that a data folder becomes; its labels are `instance`, `metric` and `kind`. */
export const FOLDER_SERIES = 'value';

/**
 * Writes every column of a data folder as samples; returns the span of the times, Unix seconds. A row stands for its whole step: where
 * that is longer than `every` seconds, it is repeated.
 */
export function writeFolder(folder: DataFolder, batch: Batch, every: number): { readonly start: number; readonly end: number } {
  let start = Infinity;
  let end = -Infinity;
  for (const entity of folder.entities) {
    const { times, columns } = folder.readEntity(entity);
    start = Math.min(start, times[0]);
    end = Math.max(end, times[times.length - 1]);
    for (const { name, kind } of entity.metrics) {
      const values = columns.get(name);
      if (values === undefined) continue;
      const labels = { instance: entity.id, metric: name, kind };
      for (let i = 0; i < values.length; i++) {
        if (Number.isNaN(values[i])) continue;
        const next = Math.min(times[i] + entity.step, times[i + 1] ?? Infinity);
        for (let time = times[i]; time < next || time === times[i]; time += every) batch.add(FOLDER_SERIES, labels, time, values[i]);
      }
    }
  }
  return { start, end };
}

const indexFile = z.object({
  entities: z.array(
    z.object({
      id: z.string(),
      anomaly: z
        .object({
          train_end: z.number().optional(),
          score: z.boolean().default(true),
          windows: z
            .array(z.object({ start: z.number(), end: z.number(), cause: z.string().optional(), quality: z.string().optional() }))
            .default([]),
        })
        .nullish(),
    }),
  ),
});

/**
 * The labelled windows of a data folder's index as incidents of the host; those whose `quality` says that they are doubtful, and
 * those of an entity that is not to be scored, are ignored ones. Throws a ZodError for another form.
 */
export function labelledIncidents(index: unknown): readonly Incident[] {
  return indexFile.parse(index).entities.flatMap(({ id, anomaly }) =>
    (anomaly?.windows ?? []).map(({ start, end, cause, quality }) => ({
      kind: cause ?? 'labelled',
      labels: { instance: id },
      start: start - BEFORE,
      hurt: start,
      end,
      foreseeable: false,
      ignored: quality !== undefined || anomaly?.score === false,
    })),
  );
}

/** Seconds before a labelled window in which an alert of it is right: people label what they saw, and they see late. */
const BEFORE = 1800;
