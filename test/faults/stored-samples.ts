import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { withoutExternal } from '../../ml-sidecar/src/prometheus/external-labels.ts';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';
import { LiveWatch } from '../../ml-sidecar/src/watch/live-watch.ts';
import { takeSnapshot } from '../../ml-sidecar/src/watch/snapshot.ts';
import { until } from '../end-to-end/started-program.ts';
import { clientOf } from './life.ts';
import { watchOf } from './polled-state.ts';

/** What a sidecar scored of live samples, against what Prometheus has stored, scored in one go. */
export interface StoredVerdict {
  readonly series: number;
  /** Samples that Prometheus has. */
  readonly stored: number;
  /** Series whose scorer, values, scores or anomalies are others than those of the stored samples; a lost or doubled one shows. */
  readonly otherwise: number;
  readonly anomalies: number;
}

export interface StoredOptions {
  /** Address of Prometheus. */
  readonly url: string;
  readonly state: string;
  readonly configuration: string;
  /** Whether everything up to a time has been scored and saved. */
  readonly scoredUntil: (time: number) => () => boolean;
  /** Ends the sidecar in good order. */
  readonly stop: () => Promise<void>;
}

const headerSchema = z.object({
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      scorerStart: z.number(),
      score: z.number(),
      live: z.object({ time: z.number(), slot: z.number(), value: z.number().nullable(), score: z.number() }),
      anomalies: z.array(z.looseObject({})),
    }),
  ),
});

/** Up to when each series has been scored by saved state; empty where there is none. */
export function savedTimes(state: string): ReadonlyMap<string, number> {
  const content = readStateFile(state);
  if (!content) return new Map();
  return new Map(headerSchema.parse(content.header).series.map(({ labels, live }) => [labels['series'], live.time]));
}

/** Once no sample comes any more: waits until all are scored, ends the sidecar and compares. */
export async function compareStored({ url, state, configuration, scoredUntil, stop }: StoredOptions): Promise<StoredVerdict> {
  const now = Date.now() / 1000;
  const read = await clientOf(url).readSamples(parseSelector('m')!, now - 7200, now);
  const newest = Math.max(...read.map(({ times }) => times.at(-1) ?? 0));
  await until(scoredUntil(newest), 60, 'the last samples to be scored');
  await stop();
  const watch = watchOf(readFileSync(configuration, 'utf8'));
  const live = new LiveWatch(watch, { clock: () => 0 });
  for (const { labels, times, values } of read)
    live.takeBack(live.targetOf(withoutExternal(labels, { cluster: 'test' })), times, values, 'all');
  live.settle(Infinity);
  const wanted = learntOf(JSON.parse(JSON.stringify(takeSnapshot(watch).header)), takeSnapshot(watch).columns);
  const saved = readStateFile(state);
  const found = learntOf(saved?.header, saved?.columns ?? []);
  return {
    series: found.length,
    stored: read.reduce((sum, { times }) => sum + times.length, 0),
    otherwise: wanted.filter((one, i) => !isDeepStrictEqual(one, found[i])).length + Math.abs(found.length - wanted.length),
    anomalies: wanted.reduce((sum, { one }) => sum + one.anomalies.length, 0),
  };
}

/** Each series with its scorer, values and weights, in one order; what follows are forecasts, made at times of their own. */
function learntOf(header: unknown, columns: readonly (Float64Array | Float32Array | Uint8Array)[]) {
  const { series } = headerSchema.parse(header);
  const width = columns.length / series.length;
  const all = series.map((one, i) => ({ one, learnt: columns.slice(i * width, i * width + 3) }));
  return all.sort((a, b) => Number(a.one.labels['series']) - Number(b.one.labels['series']));
}
