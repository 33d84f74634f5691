import { modulo } from './value-ring.ts';

/** Central bands whose coverage is measured, by the share that they promise. */
export const coverageLevels: readonly number[] = [0.5, 0.8, 0.95];

/** Samples that "recent" spans: each new one outweighs the one this many before it by e. */
const recent = 288;
/** Live samples that weigh as much as the backtest that a fit brings along. */
const priorSamples = 48;

/** How well the forecasts of one series have gone, live: coverage of its bands, and error against seasonal naive. */
export class TrackRecord {
  /** For each of `coverageLevels` the fading number of samples inside, then the fading number of all. */
  readonly coverage = new Float64Array(coverageLevels.length + 1);
  /** Fading sums of |median − value|, |naive − value| and their number. */
  readonly loss = new Float64Array(3);
  /** What was predicted for a grid index at each lead, one after the other: median and naive value side by side. NaN: nothing pending. */
  readonly pending: Float32Array;
  /** Steps ahead at which predictions are held to account. */
  readonly leads: readonly number[];

  constructor(leads: readonly number[]) {
    this.leads = leads;
    this.pending = new Float32Array(leads.reduce((sum, lead) => sum + 2 * (lead + 1), 0)).fill(NaN);
  }

  /** Notes whether a value lay inside each of the bands of `coverageLevels` that were in force. */
  sawBands(inside: readonly boolean[]): void {
    const fade = Math.exp(-1 / recent);
    for (let i = 0; i < inside.length; i++) this.coverage[i] = this.coverage[i] * fade + (inside[i] ? 1 : 0);
    this.coverage[inside.length] = this.coverage[inside.length] * fade + 1;
  }

  /** Notes what a new forecast predicts for the grid index `origin + leads[i]`, and what seasonal naive does. */
  predicted(i: number, origin: number, median: number, naive: number): void {
    const slot = this.slot(i, origin + this.leads[i]);
    this.pending[slot] = median;
    this.pending[slot + 1] = naive;
  }

  /** Holds what was predicted for a grid index to account. */
  saw(index: number, value: number): void {
    for (let i = 0; i < this.leads.length; i++) {
      const slot = this.slot(i, index);
      const median = this.pending[slot];
      const naive = this.pending[slot + 1];
      this.pending[slot] = NaN;
      if (!Number.isFinite(median) || !Number.isFinite(naive) || !Number.isFinite(value)) continue;
      const fade = Math.exp(-2 / recent);
      this.loss[0] = this.loss[0] * fade + Math.abs(median - value);
      this.loss[1] = this.loss[1] * fade + Math.abs(naive - value);
      this.loss[2] = this.loss[2] * fade + 1;
    }
  }

  /** 1 − loss / loss of seasonal naive; the backtest of the last fit counts until live evidence outweighs it. NaN without either. */
  skill(backtest: number): number {
    const [loss, naiveLoss, samples] = this.loss;
    if (samples === 0) return backtest;
    // Nothing to beat and nothing missed: as good as naive, no better.
    const live = naiveLoss > 0 ? Math.max(-1, 1 - loss / naiveLoss) : 0;
    if (!Number.isFinite(backtest)) return live;
    return (samples * live + priorSamples * backtest) / (samples + priorSamples);
  }

  /** Share of recent samples inside the band of each of `coverageLevels`; NaN before the first. */
  coverageRatios(): readonly number[] {
    const all = this.coverage[coverageLevels.length];
    return coverageLevels.map((_, i) => this.coverage[i] / all);
  }

  private slot(i: number, index: number): number {
    let start = 0;
    for (let before = 0; before < i; before++) start += 2 * (this.leads[before] + 1);
    return start + 2 * modulo(index, this.leads[i] + 1);
  }
}
