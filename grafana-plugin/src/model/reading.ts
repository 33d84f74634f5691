import { typicalStep } from './anomalies.ts';
import type { SeriesView } from './readModel.ts';
import { firstAtOrAfter, valueAt, valueNear } from './track.ts';

/** What one series says at one time: NaN where it says nothing. */
export interface MomentOfSeries {
  readonly series: SeriesView;
  readonly actual: number;
  readonly expected: number;
  readonly bands: readonly { readonly share: number | null; readonly lower: number; readonly upper: number }[];
  readonly score: number | null;
  readonly isAnomalous: boolean;
  readonly direction: 1 | -1 | 0;
}

/** Reads a series at `time` (ms): history from its nearest sample within one step, forecast on the line between its samples. */
export function readAt(series: SeriesView, time: number): MomentOfSeries {
  const anomaly = series.anomalies.find((one) => time >= one.from && time <= one.to);
  const bands = series.bands.map((band) => ({
    share: band.share,
    lower: valueAt({ times: band.times, values: band.lower }, time),
    upper: valueAt({ times: band.times, values: band.upper }, time),
  }));
  return {
    series,
    actual: valueNear(series.actual, time, typicalStep(series.actual.times) / 2 + 1),
    expected: valueAt(series.median, time),
    bands: bands.filter((band) => !Number.isNaN(band.lower) && !Number.isNaN(band.upper)),
    score: anomaly?.score ?? null,
    isAnomalous: anomaly !== undefined,
    direction: anomaly?.direction ?? 0,
  };
}

/** Whether there is anything to say at that time. */
export function saysAnything(moment: MomentOfSeries): boolean {
  return !Number.isNaN(moment.actual) || !Number.isNaN(moment.expected) || moment.bands.length > 0;
}

/** The sample of any line of the series that is nearest to `time` (ms), NaN when there is none: what the cursor snaps to. */
export function nearestSample(series: readonly SeriesView[], time: number): number {
  let best = NaN;
  for (const one of series)
    for (const times of [one.actual.times, one.median.times, one.bands[0]?.times ?? new Float64Array(0)]) {
      const after = firstAtOrAfter(times, time);
      for (const candidate of [times[after], times[after - 1]])
        if (candidate !== undefined && !(Math.abs(candidate - time) >= Math.abs(best - time))) best = candidate;
    }
  return best;
}
