import type { Watch, GridValues } from '../watch/watch.ts';

/** What a walk over a demand needs. */
export interface WishesOptions {
  /** Empty; its history and horizon hold. */
  readonly watch: Watch;
  /** The demand at the grid indexes `fromIndex − historySteps` to `toIndex`; a gap is NaN. */
  readonly demand: GridValues;
  readonly fromIndex: number;
  readonly toIndex: number;
  /** Steps from the decision to a replica that serves. */
  readonly startUp: number;
  /** Quantile of the forecast to be ready for; one of the watch's levels. */
  readonly quantile: number;
  readonly pause: () => Promise<void>;
  readonly stepped: (done: number, all: number) => void;
}

/** The demand to be ready for, as each way of scaling sees it at each step from `fromIndex` on. */
export interface Wishes {
  /** What is seen. */
  readonly reactive: Float64Array;
  /** The higher of what is seen and, where it is believed, what is predicted until a replica that is asked for now serves. */
  readonly predictive: Float64Array;
  /** Share of the steps at which the forecast was believed. */
  readonly believed: number;
}

/**
 * Walks a watch over a demand as if it were live: at each step it is handed that step's value alone. A forecast is believed while
 * its skill is above zero and the series is ready.
 */
export async function wishesOf(options: WishesOptions): Promise<Wishes> {
  const { watch, demand, fromIndex, toIndex, startUp, quantile, pause, stepped } = options;
  const { historySteps } = watch.shape;
  const loading = { pause, clock: () => 0 };
  const { labels, values } = demand;
  const slice = (from: number, length: number): readonly GridValues[] => [{ labels, values: values.subarray(from, from + length) }];
  await watch.load(fromIndex - 1, historySteps, slice(0, historySteps), loading);
  const length = toIndex - fromIndex + 1;
  const reactive = new Float64Array(length);
  const predictive = new Float64Array(length);
  let believed = 0;
  for (let i = 0; i < length; i++) {
    await watch.load(fromIndex + i, 1, slice(historySteps + i, 1), loading);
    const seen = values[historySteps + i];
    reactive[i] = predictive[i] = seen;
    for (const series of watch.series.values()) {
      if (!(series.skill > 0) || watch.stateOf(series) !== 'ready') continue;
      believed++;
      for (let ahead = 1; ahead <= startUp; ahead++) {
        const expected = series.expected(fromIndex + i + ahead, quantile);
        // A gap is no reason to forget what is coming.
        if (!(expected <= predictive[i])) predictive[i] = Number.isNaN(expected) ? predictive[i] : expected;
      }
    }
    stepped(i + 1, length);
    if (i % 64 === 0) await pause();
  }
  return { reactive, predictive, believed: believed / length };
}
