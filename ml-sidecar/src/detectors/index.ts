import { autoDetector } from './auto.ts';
import { autoHostDetector } from './auto-host.ts';
import type { Detector } from './detector.ts';
import { forecastResidual } from './forecast-residual.ts';
import { halfSpaceTrees } from './half-space-trees.ts';
import type { HostDetector } from './host-detector.ts';
import { isolationForest } from './isolation-forest.ts';
import { isolationForestHost } from './isolation-forest-host.ts';
import { kMeans } from './k-means.ts';
import { robustZscore } from './robust-zscore.ts';
import { seasonalEwma } from './seasonal-ewma.ts';
import { subPca } from './sub-pca.ts';

/** Every detector that a configuration may name. Listed means tested: `detector.laws.test.ts` runs over all of them. */
export const detectors: readonly Detector[] = [
  autoDetector(),
  robustZscore,
  seasonalEwma,
  forecastResidual,
  isolationForest,
  halfSpaceTrees,
  kMeans,
  subPca,
];

/** The detector that users call `name`, or nothing if none is called so. */
export function detectorNamed(name: string): Detector | undefined {
  return detectors.find((detector) => detector.name === name);
}

/** Every detector of whole hosts. Listed means tested: `host-detector.laws.test.ts`. */
export const hostDetectors: readonly HostDetector[] = [autoHostDetector(), isolationForestHost];

/** The detector of whole hosts that users call `name`, or nothing if none is called so. */
export function hostDetectorNamed(name: string): HostDetector | undefined {
  return hostDetectors.find((detector) => detector.name === name);
}
