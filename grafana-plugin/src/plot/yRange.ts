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

/**
 * The y range of a logarithmic axis to `base`, for the visible time (ms): whole powers around all positive values of history, median
 * and widest band, which may widen the range by two decades to either side. What is at or below zero has no place on it.
 */
export function logRange(
  series: readonly SeriesView[],
  range: { from: number; to: number },
  bounds: Pick<AxisBounds, 'min' | 'max'>,
  base: number,
): [number, number] {
  const lines = newSpan();
  const bands = newSpan();
  for (const one of series) {
    include(lines, one.actual.times, positive(one.actual.values), one.actual.values, range);
    include(lines, one.median.times, positive(one.median.values), one.median.values, range);
    for (const band of one.bands.slice(0, 1)) include(bands, band.times, positive(band.lower), band.upper, range);
  }
  const inner = lines.max > 0 ? lines : bands;
  if (!(inner.max > 0)) return [1, base];
  const within = (value: number): number => Math.min(inner.max * 100, Math.max(inner.min / 100, value));
  const low = bands.min < inner.min ? within(bands.min) : inner.min;
  const high = bands.max > inner.max ? within(bands.max) : inner.max;
  const power = (value: number, round: (exponent: number) => number): number => base ** round(Math.log(value) / Math.log(base));
  const min = typeof bounds.min === 'number' && bounds.min > 0 ? bounds.min : power(low, Math.floor);
  const max = typeof bounds.max === 'number' && bounds.max > min ? bounds.max : power(high, Math.ceil);
  return [min, max > min ? max : min * base];
}

const positive = (values: Float64Array): Float64Array => values.map((value) => (value > 0 ? value : Infinity));

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
