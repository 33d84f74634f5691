import type { GaugeSettings } from '../configuration/configuration.ts';
import { emitGauges, type GaugeName, type GaugeSink } from '../serve/metrics.ts';
import type { Watch, GridValues } from '../watch/watch.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import type { Batch } from './store.ts';

/** What one walk over the past needs. */
export interface WalkOptions {
  /** Empty, or as an earlier walk left it at a checkpoint. */
  readonly watch: Watch;
  /** Values of the grid indexes `fromIndex − historySteps` to `toIndex`, one array a series. */
  readonly matrix: readonly GridValues[];
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly gauges: GaugeSettings;
  /** Seconds between two times at which the gauges are read, at most the step. */
  readonly every: number;
  /** Gauges that somebody reads. */
  readonly wanted: ReadonlySet<GaugeName>;
  /** Lets what waits in the event loop run. */
  readonly pause: () => Promise<void>;
  /** Called after each grid time, when all that it gave is in the batch; the walk waits for it. */
  readonly stepped: (index: number) => Promise<void> | void;
  /** Told of each series at each grid time whose forecast is a new one, with the time at which it could first be read. */
  readonly forecast?: (series: WatchedSeries, time: number) => void;
}

/**
 * Walks a watch through the past as if it were live: at each grid time it is handed the values of that time alone, and what its
 * gauges would have shown `delay` later goes into `batch`. What lies ahead is not handed in before its time, so it cannot be seen.
 */
export async function walk(options: WalkOptions, batch: Batch): Promise<void> {
  const { watch, matrix, fromIndex, toIndex, gauges, wanted } = options;
  const { step, delay } = watch.settings;
  const before = watch.shape.historySteps;
  const loading = { pause: options.pause, clock: () => 0 };
  const slice = (from: number, length: number): readonly GridValues[] =>
    matrix.flatMap(({ labels, values }) => {
      const part = values.subarray(from, from + length);
      // A series that no sample has shown yet is not there.
      return part.some((value) => !Number.isNaN(value)) ? [{ labels, values: part }] : [];
    });
  if (watch.lastIndex < fromIndex - 1) {
    await watch.load(fromIndex - 1, before, slice(0, before), loading);
    await watch.learn(options.pause);
  }
  const issued = new Map<WatchedSeries, number | undefined>();
  for (const series of watch.lastIndex >= fromIndex ? watch.series.values() : []) issued.set(series, series.fitted?.time);
  for (let index = watch.lastIndex + 1; index <= toIndex; index++) {
    await watch.load(index, 1, slice(before + index - fromIndex, 1), loading);
    await watch.learn(options.pause);
    const now = index * step + delay;
    for (const series of watch.series.values()) {
      for (let time = now; time < now + step; time += options.every) emitGauges(watch, series, gauges, time, sinkOf(wanted, batch, time));
      if (series.fitted === undefined || issued.get(series) === series.fitted.time) continue;
      issued.set(series, series.fitted.time);
      options.forecast?.(series, now);
    }
    await options.stepped(index);
    if (index % 16 === 0) await options.pause();
  }
}

function sinkOf(wanted: ReadonlySet<GaugeName>, batch: Batch, time: number): GaugeSink {
  return {
    wants: (name) => wanted.has(name),
    add: (name, labels, value) => void (wanted.has(name) && batch.addText(name, labels, time, value)),
  };
}
