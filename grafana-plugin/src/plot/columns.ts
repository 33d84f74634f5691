import type { SeriesView } from '../model/readModel.ts';
import type { Track } from '../model/track.ts';

/** The columns of uPlot: times in ms, then two a series: history, and the line that the cursor follows in the forecast. */
export type Columns = [times: number[], ...values: (number | null | undefined)[][]];

/**
 * Lays all series on one time axis. A time at which a series has no sample is `undefined` (the line runs through), a gap is
 * `null` (the line breaks).
 */
export function toColumns(series: readonly SeriesView[]): Columns {
  const tracks = series.flatMap((one) => [one.actual, leadingLine(one)]);
  const times = unionOf(tracks.map((track) => track.times));
  return [times, ...tracks.map((track) => spread(track, times))];
}

/** The median; where a forecast has none, the middle of its widest band. */
export function leadingLine(series: SeriesView): Track {
  const band = series.bands[0];
  if (series.median.times.length > 0 || band === undefined) return series.median;
  return { times: band.times, values: band.lower.map((low, index) => (low + band.upper[index]!) / 2) };
}

function unionOf(all: readonly Float64Array[]): number[] {
  const distinct: Float64Array[] = [];
  for (const times of all) if (times.length > 0 && !distinct.some((other) => same(other, times))) distinct.push(times);
  if (distinct.length === 1) return Array.from(distinct[0]!);
  const sorted = new Float64Array(distinct.reduce((sum, times) => sum + times.length, 0));
  let offset = 0;
  for (const times of distinct) {
    sorted.set(times, offset);
    offset += times.length;
  }
  sorted.sort();
  const union: number[] = [];
  for (const time of sorted) if (time !== union[union.length - 1]) union.push(time);
  return union;
}

function same(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

function spread(track: Track, times: readonly number[]): (number | null | undefined)[] {
  const column: (number | null | undefined)[] = [];
  let next = 0;
  for (const time of times) {
    if (next < track.times.length && track.times[next] === time) {
      const value = track.values[next++]!;
      column.push(Number.isNaN(value) ? null : value);
    } else column.push(undefined);
  }
  return column;
}
