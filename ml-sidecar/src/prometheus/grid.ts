import type { MatrixSeries } from './matrix.ts';

/** A series laid on a regular grid, and what did not fit. */
export interface Grid {
  /** One value per grid time; a gap is NaN. */
  readonly values: Float64Array;
  /** Samples that were NaN and so became a gap. */
  readonly nan: number;
  /** Samples that were ±Inf and so became a gap. */
  readonly infinite: number;
}

/** Milliseconds are all that Prometheus keeps of a time. */
const resolution = 0.0005;

/**
 * Lays samples on the grid `start`, `start + step` … of `length` times (Unix seconds). A sample between two grid times counts for
 * the later one, the last of several wins: what a query at that time would have seen. Samples outside the grid are left out. The
 * values may be those of the series, where these are the grid's already.
 */
export function toGrid(series: Pick<MatrixSeries, 'times' | 'values'>, start: number, step: number, length: number): Grid {
  if (liesOn(series, start, step, length)) return { values: series.values, nan: 0, infinite: 0 };
  const values = new Float64Array(length).fill(NaN);
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < series.times.length; i++) {
    const at = Math.ceil((series.times[i] - start - resolution) / step);
    if (!(at >= 0 && at < length)) continue;
    const value = series.values[i];
    values[at] = Number.isFinite(value) ? value : NaN;
    if (Number.isNaN(value)) nan += 1;
    else if (!Number.isFinite(value)) infinite += 1;
  }
  return { values, nan, infinite };
}

/** Whether a series has exactly one finite sample for each grid time. */
function liesOn({ times, values }: Pick<MatrixSeries, 'times' | 'values'>, start: number, step: number, length: number): boolean {
  if (times.length !== length) return false;
  for (let i = 0; i < length; i++) if (times[i] !== start + i * step || !Number.isFinite(values[i])) return false;
  return true;
}
