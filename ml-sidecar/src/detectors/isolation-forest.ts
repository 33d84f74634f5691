import type { Detector } from './detector.ts';
import { FOREST_LENGTH, growForest, isolation } from './isolation-trees.ts';
import { windowDetector } from './window-detector.ts';
import { FEATURES, featuresOf, overshoot, RANGES_LENGTH, writeFeatures, writeRanges } from './window-features.ts';

const features = new Float64Array(FEATURES);

/**
 * How quickly random splits isolate the last window of values among the windows of some days. Finds windows that are rare in any
 * respect, without a notion of shape; how far a window lies outside of all
 * ranges is put in by hand, as trees do not see it.
 * Source: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008, on lag windows.
 */
export const isolationForest: Detector = windowDetector({
  name: 'isolation-forest',
  length: FOREST_LENGTH + RANGES_LENGTH,
  prior: 2.5,
  least: 1.3,
  fit(windows, count, into) {
    const points = featuresOf(windows, count);
    growForest(points, count, FEATURES, into);
    writeRanges(points, count, into, FOREST_LENGTH);
  },
  distance(window, forest) {
    writeFeatures(window, features, 0);
    return isolation(features, forest) * (1 + overshoot(features, forest, FOREST_LENGTH));
  },
});
