import type { Detector } from './detector.ts';
import { FARTHEST } from './seasonal-model.ts';
import { tailedDetector } from './tailed.ts';

/**
 * Distance from an exponentially weighted level and time-of-day profile, in spreads, against a tail of peaks over threshold on
 * each side. Fast, and hard to beat by one value; a slow drift passes it by, as the level goes along, and it alarms for each
 * value anew where an incident lasts.
 * Source: Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory", KDD 2017, on a seasonal exponential mean.
 */
export const seasonalEwma: Detector = tailedDetector('seasonal-ewma', (value, expected) => {
  const miss = value - expected.value;
  return miss === 0 ? 0 : Math.max(-FARTHEST, Math.min(FARTHEST, miss / expected.spread));
});
