import type { GaugeSettings } from '../configuration/configuration.ts';
import { emitGauges, type GaugeName, type GaugeSink } from '../serve/metrics.ts';
import type { Watch, GridValues } from '../watch/watch.ts';
import type { Batch } from './store.ts';

/** What one walk over the past needs. */
export interface WalkOptions {
  readonly watch: Watch;
  /** Values of the grid indexes `fromIndex − historySteps` to `toIndex`, one array a series. */
  readonly matrix: readonly GridValues[];
  readonly fromIndex: number;
  readonly toIndex: number;
  readonly gauges: GaugeSettings;
  /** Gauges that somebody reads. */
  readonly wanted: ReadonlySet<GaugeName>;
  /** Lets what waits in the event loop run. */
  readonly pause: () => Promise<void>;
  /** Called after each grid time. */
  readonly stepped: () => void;
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
  await watch.load(fromIndex - 1, before, slice(0, before), loading);
  for (let index = fromIndex; index <= toIndex; index++) {
    await watch.load(index, 1, slice(before + index - fromIndex, 1), loading);
    const now = index * step + delay;
    const sink: GaugeSink = {
      wants: (name) => wanted.has(name),
      add: (name, labels, value) => void (wanted.has(name) && batch.addText(name, labels, now, value)),
    };
    for (const series of watch.series.values()) emitGauges(watch, series, gauges, now, sink);
    options.stepped();
    if (index % 16 === 0) await options.pause();
  }
}
