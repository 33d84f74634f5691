import type { SeriesView } from '../model/readModel.ts';
import { firstAfter, firstAtOrAfter } from '../model/track.ts';

/** What the reader fixed of an axis. Soft ends give way to data beyond them. */
export interface AxisBounds {
  readonly min?: number | null;
  readonly max?: number | null;
  readonly softMin?: number | null;
  readonly softMax?: number | null;
  readonly centeredZero?: boolean;
}

/**
 * The y range for the visible time (ms). History and median always fit. Bands may widen the range to three times theirs, no more,
 * so that a fan that explodes does not flatten the line; they never drag an axis of non-negative values below zero. A limit is
 * taken in when it lies within one range of the rest.
 */
export function yRange(series: readonly SeriesView[], range: { from: number; to: number }, bounds: AxisBounds): [number, number] {
  const lines = newSpan();
  const bands = newSpan();
  for (const one of series) {
    include(lines, one.actual.times, one.actual.values, one.actual.values, range);
    include(lines, one.median.times, one.median.values, one.median.values, range);
    for (const band of one.bands.slice(0, 1)) include(bands, band.times, band.lower, band.upper, range);
  }
  let { min, max } = join(lines, bands);
  if (min > max) [min, max] = [0, 1];
  const height = max - min || Math.abs(max) || 1;
  for (const { value } of series.flatMap((one) => one.limits))
    if (value !== null) {
      if (value > max && value - max <= height) max = value;
      if (value < min && min - value <= height) min = value;
    }
  return bounded(min, max, Math.min(lines.min, bands.min) >= 0 || (lines.min >= 0 && lines.min <= lines.max), bounds);
}

interface Span {
  min: number;
  max: number;
}

const newSpan = (): Span => ({ min: Infinity, max: -Infinity });

function include(span: Span, times: Float64Array, low: Float64Array, high: Float64Array, range: { from: number; to: number }): void {
  const end = firstAfter(times, range.to);
  for (let index = firstAtOrAfter(times, range.from); index < end; index++) {
    if (low[index]! < span.min) span.min = low[index]!;
    if (high[index]! > span.max) span.max = high[index]!;
  }
}

function join(lines: Span, bands: Span): Span {
  if (lines.min > lines.max) return { ...bands };
  if (bands.min > bands.max) return { ...lines };
  const reach = 2 * (lines.max - lines.min) || Infinity;
  const floor = lines.min >= 0 ? 0 : -Infinity;
  return {
    min: Math.min(lines.min, Math.max(bands.min, lines.min - reach, floor)),
    max: Math.max(lines.max, Math.min(bands.max, lines.max + reach)),
  };
}

function bounded(min: number, max: number, nonNegative: boolean, bounds: AxisBounds): [number, number] {
  const padding = (max - min) * 0.06 || Math.abs(max) * 0.1 || 0.5;
  let low = nonNegative ? Math.max(0, min - padding) : min - padding;
  let high = max + padding;
  if (typeof bounds.softMin === 'number') low = Math.min(bounds.softMin, min);
  if (typeof bounds.softMax === 'number') high = Math.max(bounds.softMax, max);
  if (bounds.centeredZero === true) {
    high = Math.max(Math.abs(low), Math.abs(high));
    low = -high;
  }
  if (typeof bounds.min === 'number') low = bounds.min;
  if (typeof bounds.max === 'number') high = bounds.max;
  return low < high ? [low, high] : [low, low + 1];
}
