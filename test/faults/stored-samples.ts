import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { withoutExternal } from '../../ml-sidecar/src/prometheus/external-labels.ts';
import { parseSelector } from '../../ml-sidecar/src/prometheus/selector.ts';
import { fromDisk } from '../../ml-sidecar/src/watch/section.fixture.ts';
import { LiveWatch } from '../../ml-sidecar/src/watch/live-watch.ts';
import { takeSnapshot } from '../../ml-sidecar/src/watch/snapshot.ts';
import { until } from '../end-to-end/started-program.ts';
import { clientOf } from './life.ts';
import { watchOf } from './polled-state.ts';
import { savedSeries, seriesIn } from './saved-series.ts';

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

/** Up to when each series has been scored by saved state; empty where there is none. */
export function savedTimes(state: string): ReadonlyMap<string, number> {
  return new Map(savedSeries(state).map(({ labels, live }) => [labels['series'], live.time]));
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
  const wanted = seriesIn(fromDisk(takeSnapshot(watch)));
  const found = savedSeries(state);
  return {
    series: found.length,
    stored: read.reduce((sum, { times }) => sum + times.length, 0),
    otherwise: wanted.filter((one, i) => !isDeepStrictEqual(one, found[i])).length + Math.abs(found.length - wanted.length),
    anomalies: wanted.reduce((sum, { anomalies }) => sum + anomalies.length, 0),
  };
}
