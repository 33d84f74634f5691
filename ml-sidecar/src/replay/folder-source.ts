import type { DataFolder } from '../evaluate/data-folder.ts';
import { z } from 'zod';
import type { Incident } from './incidents.ts';
import type { Batch } from './store.ts';

/** Name of the series that a data folder becomes; its labels are `instance`, `metric` and `kind`. */
export const FOLDER_SERIES = 'value';

/** Writes every column of a data folder as samples; returns the span of the times, Unix seconds. */
export function writeFolder(folder: DataFolder, batch: Batch): { readonly start: number; readonly end: number } {
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
      for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) batch.add(FOLDER_SERIES, labels, times[i], values[i]);
    }
  }
  return { start, end };
}

const windows = z.array(z.tuple([z.number(), z.number()])).default([]);
const indexFile = z.object({
  entities: z.array(z.object({ id: z.string(), windows, metrics: z.array(z.object({ name: z.string(), windows })).default([]) })),
});

/** The labelled windows of a data folder's index as incidents of the host. Throws a ZodError for another form. */
export function labelledIncidents(index: unknown): readonly Incident[] {
  return indexFile.parse(index).entities.flatMap(({ id, windows: whole, metrics }) => {
    const all = whole.length > 0 ? whole : metrics.flatMap((metric) => metric.windows);
    return merged(all).map(([start, end]) => ({
      kind: 'labelled',
      labels: { instance: id },
      start: start - BEFORE,
      hurt: start,
      end,
      foreseeable: false,
    }));
  });
}

/** Seconds before a labelled window in which an alert of it is right: people label what they saw, and they see late. */
const BEFORE = 1800;

/** Windows that overlap as one. */
function merged(all: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [start, end] of [...all].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}
