import { WEIGHT_PARTS } from '../stats/series.ts';
import type { FitJob, FitTerms } from './fit-job.ts';

/** Two days ahead of an hourly series. */
export const terms: FitTerms = {
  watch: 'w',
  forecaster: 'seasonal-naive',
  step: 3600,
  steps: 48,
  bounds: [-Infinity, Infinity],
  levels: [0.1, 0.5, 0.9],
};

/** Twelve days with a daily wave, some noise, a gap and an outage that teaches nothing. */
export function jobOf(own: Partial<FitTerms> = {}, first = 10): FitJob {
  const values = Float32Array.from({ length: 288 }, (_, i) => 10 + Math.sin((2 * Math.PI * i) / 24) + 0.1 * Math.sin(i * 12.9898));
  const weights = new Uint8Array(values.length).fill(WEIGHT_PARTS);
  values[100] = NaN;
  values[200] = 0;
  weights[200] = 1;
  values[0] = first;
  return { terms: { ...terms, ...own }, start: 1_790_000_000 - (1_790_000_000 % 3600), values, weights };
}
