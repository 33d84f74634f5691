import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { shapeOf } from '../../ml-sidecar/src/app/shape.ts';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';
import { detectors } from '../../ml-sidecar/src/detectors/index.ts';
import { forecasters } from '../../ml-sidecar/src/forecasters/index.ts';
import { plugins } from '../../ml-sidecar/src/plugins/index.ts';
import { fromDisk } from '../../ml-sidecar/src/watch/section.fixture.ts';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';
import { takeSnapshot } from '../../ml-sidecar/src/watch/snapshot.ts';
import { Watch } from '../../ml-sidecar/src/watch/watch.ts';
import { seriesWith } from './saved-series.ts';

/** What a sidecar has learnt, against a run that nothing disturbed. */
export interface StateVerdict {
  readonly series: number;
  /** Values that each series should have. */
  readonly values: number;
  /** Values that are missing, and that are others than they were. */
  readonly lost: number;
  readonly wrong: number;
  /** Series whose scorer, scores or anomalies are others than those of the undisturbed run; a value taken twice shows here. */
  readonly otherwise: number;
  /** Anomalies that the undisturbed run found: with none, equal scores would say little. */
  readonly anomalies: number;
}

const headSchema = z.object({ lastIndex: z.number() });
const seriesSchema = z.object({
  labels: z.record(z.string(), z.string()),
  scorerStart: z.number(),
  score: z.number(),
  last: z.number(),
  filled: z.number(),
  anomalies: z.array(z.looseObject({})).optional(),
});

/** Reads the state of the watch `m` that a sidecar left, and makes the same of the values by `valueOf` in one go. */
export async function compareState(
  file: string,
  configuration: string,
  valueOf: (series: number, time: number) => number,
): Promise<StateVerdict> {
  const saved = [...(readStateFile(file) ?? [])];
  if (saved.length === 0) throw new Error(`${file}: got no state`);
  const { lastIndex } = headSchema.parse(saved[0].header);
  const series = seriesWith(seriesSchema, saved);
  const watch = watchOf(configuration);
  const first = Math.min(...series.map(({ scorerStart }) => Math.round(scorerStart / watch.shape.step)));
  const matrix = series.map(({ labels }) => ({
    labels,
    values: Float64Array.from({ length: lastIndex - first + 1 }, (_, i) =>
      valueOf(Number(labels['series']), (first + i) * watch.shape.step),
    ),
  }));
  await watch.load(lastIndex, lastIndex - first + 1, matrix, { pause: async () => {}, clock: () => 0 });
  const wanted = seriesWith(seriesSchema, fromDisk(takeSnapshot(watch)));
  let [lost, wrong, otherwise] = [0, 0, 0];
  for (const one of series) {
    const other = wanted.find(({ labels }) => labels['series'] === one.labels['series']);
    one.learned[1].forEach((value, slot) => {
      if (Object.is(value, other?.learned[1][slot])) return;
      if (Number.isNaN(value)) lost++;
      else wrong++;
    });
    if (!isDeepStrictEqual({ ...one, labels: {} }, { ...other, labels: {} })) otherwise++;
  }
  const anomalies = wanted.reduce((sum, one) => sum + (one.anomalies?.length ?? 0), 0);
  return { series: series.length, values: lastIndex - first + 1, lost, wrong, otherwise, anomalies };
}

/** The watch `m` of a configuration, without series. */
export function watchOf(configuration: string): Watch {
  const known = { forecasters: forecasters.map(({ name }) => name), detectors: detectors.map(({ name }) => name), plugins };
  const parsed = parseConfiguration(configuration, known);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const settings = parsed.configuration.watches.find(({ name }) => name === 'm');
  if (!settings) throw new Error('no watch m');
  return new Watch(settings, shapeOf(settings, parsed.configuration.gauges));
}
