import type { SeriesView } from '../model/readModel.ts';
import { clip, firstAtOrAfter, valueAt, type Track } from '../model/track.ts';
import type { Columns } from './thin.ts';

/** The history of a series and its forecast on either side of now, each part an object of its own for as long as the series is. */
export interface Parts {
  readonly bands: readonly { readonly past: Columns; readonly future: Columns }[];
  readonly expected: Columns;
  readonly actual: Columns;
  /** From now on; where there is no history, all of it. */
  readonly ahead: Columns;
}

const partsOfSeries = new WeakMap<SeriesView, { readonly now: number; readonly parts: Parts }>();

/** The parts of a series; `now` in ms. The same objects come back until series or now change, so that what is drawn of them can be kept. */
export function partsOf(series: SeriesView, now: number): Parts {
  const known = partsOfSeries.get(series);
  if (known?.now === now) return known.parts;
  const parts: Parts = {
    bands: series.bands.map((band) => {
      const border = firstAtOrAfter(band.times, now);
      // Both parts have the sample at the border, so that no slit is between them.
      return { past: sliceOf(band, 0, border === 0 ? 0 : border + 1), future: sliceOf(band, border, band.times.length) };
    }),
    actual: edgesOf(series.actual),
    expected: edgesOf(clip(series.median, -Infinity, now)),
    ahead: edgesOf(aheadOf(series, now)),
  };
  partsOfSeries.set(series, { now, parts });
  return parts;
}

function sliceOf({ times, lower, upper }: Columns, start: number, end: number): Columns {
  return { times: times.subarray(start, end), lower: lower.subarray(start, end), upper: upper.subarray(start, end) };
}

function edgesOf({ times, values }: Track): Columns {
  return { times, lower: values, upper: values };
}

function aheadOf(series: SeriesView, now: number): Track {
  if (series.actual.times.length === 0) return series.median;
  const future = clip(series.median, now, Infinity);
  const start = valueAt(series.median, now);
  if (Number.isNaN(start) || future.times[0] === now) return future;
  return { times: Float64Array.of(now, ...future.times), values: Float64Array.of(start, ...future.values) };
}
