import type { Detector } from './detector.ts';
import { FARTHEST } from './seasonal-model.ts';
import { tailedDetector } from './tailed.ts';

/** The 90 % quantile of a normal distribution lies so many standard deviations above its median: Φ⁻¹(0.9). */
const BAND_TO_DEVIATION = 1.2816;
/** Smallest spread, as a share of the level. */
const LEVEL_FLOOR = 0.002;

/**
 * Distance from the forecast that was issued before the value was seen, in half-widths of its band on that side, against a tail
 * of peaks over threshold. As good as the forecast: a band that is too wide hides, and a forecaster that follows an incident
 * excuses it. Where no band is handed in, a seasonal exponential mean stands in for it.
 * Source: the residual method of Hochenbaum, Vallis and Kejariwal (2017) with forecast quantiles in place of a decomposition.
 */
export const forecastResidual: Detector = tailedDetector('forecast-residual', (value, expected, band) => {
  const centre = band ? band.median : expected.value;
  const miss = value - centre;
  if (miss === 0) return 0;
  const side = band ? (miss > 0 ? band.high - band.median : band.median - band.low) / BAND_TO_DEVIATION : expected.spread;
  const spread = Math.max(side, band ? LEVEL_FLOOR * Math.abs(centre) : 0);
  return Math.max(-FARTHEST, Math.min(FARTHEST, miss / spread));
});
