import { errorText, type Logger } from '@presage/service/log.ts';
import type { Fit } from '../fits/fit-job.ts';
import type { PluginHost } from '../plugins/host.ts';
import type { PluginFit } from '../plugins/job.ts';
import type { RemoteFits, WatchedSeries } from '../watch/watched-series.ts';
import type { SelfMetrics } from './self-metrics.ts';

export interface PluginFitsOptions {
  /** Name of the watch. */
  readonly watch: string;
  readonly host: PluginHost;
  readonly log: Logger;
  readonly metrics: SelfMetrics;
  /** Monotonic seconds. */
  readonly clock: () => number;
  /** Ends the fits of the watch. */
  readonly signal: AbortSignal;
}

/**
 * The fits of a watch by a plug-in: asked for in passing, made one after the other elsewhere, taken up when they come. A series waits
 * once at most, and is sent as it is when its turn comes. What goes wrong is the fault of that series alone.
 */
export function createPluginFits(options: PluginFitsOptions): RemoteFits {
  const waiting = new Set<WatchedSeries>();
  let working: Promise<void> | undefined;
  const work = async () => {
    for (const series of waiting) {
      waiting.delete(series);
      if (options.signal.aborted) continue;
      await fit(series, options);
    }
    working = undefined;
  };
  return {
    request(series) {
      waiting.add(series);
      working ??= work();
    },
  };
}

/** Fits one series; never rejects. */
async function fit(series: WatchedSeries, { watch, host, log, metrics, clock }: PluginFitsOptions): Promise<void> {
  const started = clock();
  const { step, horizonSteps, levels, bounds } = series.shape;
  const origin = series.ring.last;
  try {
    const fitted = await host.fit({ series: series.ring.series(step), horizonSteps, steps: series.stepsAhead, levels, bounds });
    series.take(fitOf(fitted), origin);
    metrics.fitted(watch, 'success', clock() - started);
  } catch (error) {
    const text = errorText(error);
    // A fault that lasts is told once; the counters go on.
    if (text !== series.fault) log.warn('fit failed', { watch, labels: series.labels, err: text });
    series.fault = text;
    metrics.fitted(watch, 'failure', clock() - started);
  }
}

function fitOf({ result, ...rest }: PluginFit): Fit {
  return { ...rest, start: result.start, rows: result.rows.map((row) => Float32Array.from(row)) };
}
