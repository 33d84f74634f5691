import { modulo } from './value-ring.ts';

/** The largest number of 32 bits. */
const largest = 3.4028234663852886e38;

/**
 * Forecast quantiles of one series by the grid time that they are about: `past` steps back and `ahead` steps on. A newer
 * forecast writes over the older one only from its own start on, so that in the past the forecast stands that was in force.
 */
export class ForecastRing {
  readonly levels: readonly number[];
  readonly size: number;
  /** One row of `size` for each level, at index mod size; NaN where nothing was ever forecast. */
  readonly values: Float32Array;
  /** How many forecasts were installed. */
  version = 0;
  /** Grid index of the newest column written; −Infinity before the first forecast. */
  last = -Infinity;

  constructor(levels: readonly number[], past: number, ahead: number) {
    this.levels = levels;
    this.size = past + ahead + 1;
    this.values = new Float32Array(levels.length * this.size).fill(NaN);
  }

  /** Takes a forecast whose columns stand on the grid of `step` seconds, one row for each level. */
  install(forecast: { readonly start: number; readonly rows: readonly (Float32Array | Float64Array)[] }, step: number): void {
    this.version++;
    const start = Math.round(forecast.start / step);
    const { levels, size, values } = this;
    const length = forecast.rows[0]?.length ?? 0;
    // Grid times that were never forecast lie between the end of the old and the start of the new one.
    for (let index = Math.max(this.last + 1, start - this.size); index < start; index++) this.clear(index);
    for (let i = 0; i < length; i++) {
      const slot = modulo(start + i, size);
      for (let level = 0; level < levels.length; level++)
        values[level * size + slot] = Math.max(-largest, Math.min(largest, forecast.rows[level][i]));
    }
    for (let index = start + length; index <= this.last; index++) this.clear(index);
    this.last = start + length - 1;
  }

  /** The quantile `levels[level]` for a grid index, NaN where none is held. */
  at(index: number, level: number): number {
    return index > this.last || index <= this.last - this.size ? NaN : this.values[level * this.size + modulo(index, this.size)];
  }

  private clear(index: number): void {
    for (let slot = modulo(index, this.size); slot < this.values.length; slot += this.size) this.values[slot] = NaN;
  }
}
