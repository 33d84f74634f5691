import { z } from 'zod';
import { readStateFile, type StateContent } from '../../ml-sidecar/src/storage/state-file.ts';

const headerSchema = z.object({
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      scorerStart: z.number(),
      score: z.number(),
      live: z.object({ time: z.number(), slot: z.number(), value: z.number().nullable(), score: z.number() }),
      anomalies: z.array(z.looseObject({ start: z.number(), peak: z.number() })),
    }),
  ),
});

/** A series as it stands in saved state: what it learned (scorer, values, weights), and each anomaly with what it scored. */
export type SavedSeries = z.output<typeof headerSchema>['series'][number] & { readonly learned: StateContent['columns'] };

/** The series of the state in a file, in the order of their label `series`; none where there is no file. */
export function savedSeries(path: string): readonly SavedSeries[] {
  const content = readStateFile(path);
  return content ? seriesIn(content) : [];
}

/** The series of a state, in the order of their label `series`. Forecasts are left out: they are made at times of their own. */
export function seriesIn({ header, columns }: StateContent): readonly SavedSeries[] {
  const { series } = headerSchema.parse(header);
  const width = columns.length / series.length;
  const all = series.map((one, i) => ({ ...one, learned: columns.slice(i * width, i * width + 3) }));
  return all.sort((a, b) => Number(a.labels['series']) - Number(b.labels['series']));
}
