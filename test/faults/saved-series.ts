import { z } from 'zod';
import type { Column, Section } from '../../ml-sidecar/src/watch/section.ts';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';

const seriesSchema = z.object({
  labels: z.record(z.string(), z.string()),
  scorerStart: z.number(),
  score: z.number(),
  live: z.object({ time: z.number(), slot: z.number(), value: z.number().nullable(), score: z.number() }),
  anomalies: z.array(z.looseObject({ start: z.number(), end: z.number(), peak: z.number() })),
});

/** A series as it stands in saved state: what it learned (scorer, values, weights), and each anomaly with what it scored. */
export type SavedSeries = z.output<typeof seriesSchema> & { readonly learned: readonly Column[] };

/** The series of the state in a file, in the order of their label `series`; none where there is no file. */
export function savedSeries(path: string): readonly SavedSeries[] {
  return seriesIn([...(readStateFile(path) ?? [])]);
}

/** The series of a state, in the order of their label `series`. */
export function seriesIn(sections: readonly Section[]): readonly SavedSeries[] {
  const all = seriesWith(seriesSchema, sections);
  return all.sort((a, b) => Number(a.labels['series']) - Number(b.labels['series']));
}

const sectionSchema = z.object({ series: z.array(z.unknown()).default([]) });

/**
 * What each series of a state says by `schema`, with its scorer, values and weights. Forecasts are left out: they are made at times
 * of their own.
 */
export function seriesWith<T extends object>(
  schema: z.ZodType<T>,
  sections: readonly Section[],
): (T & { readonly learned: readonly Column[] })[] {
  return sections.flatMap(({ header, columns }) => {
    const { series } = sectionSchema.parse(header);
    const width = columns.length / series.length;
    return series.map((one, i) => ({ ...schema.parse(one), learned: columns.slice(i * width, i * width + 3) }));
  });
}
