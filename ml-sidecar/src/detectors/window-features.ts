import { WINDOW } from './window-detector.ts';

/** Respects in which trees look at a window. */
export const FEATURES = 7;
/** Differences below this many spreads are none to a tree, which has no notion of distance. */
const GRAIN = 0.1;

/**
 * What a window of normalised values looks like to trees, which split one number at a time and would see a spike in one of
 * twelve: the last value, its change, means of three, six and all, range and mean absolute change. Writes to `into` at `at`.
 */
export function writeFeatures(window: Float64Array, into: Float64Array, at: number): void {
  let sum = 0;
  let change = 0;
  let low = Infinity;
  let high = -Infinity;
  for (let i = WINDOW - 1; i >= 0; i--) {
    sum += window[i];
    if (i > 0) change += Math.abs(window[i] - window[i - 1]);
    low = Math.min(low, window[i]);
    high = Math.max(high, window[i]);
    if (i === WINDOW - 3) into[at + 2] = grain(sum / 3);
    if (i === WINDOW - 6) into[at + 3] = grain(sum / 6);
  }
  into[at] = grain(window[WINDOW - 1]);
  into[at + 1] = grain(window[WINDOW - 1] - window[WINDOW - 2]);
  into[at + 4] = grain(sum / WINDOW);
  into[at + 5] = grain(high - low);
  into[at + 6] = grain(change / (WINDOW - 1));
}

/** Features of `count` windows that lie one after the other. */
export function featuresOf(windows: Float64Array, count: number): Float64Array {
  const features = new Float64Array(count * FEATURES);
  for (let w = 0; w < count; w++) writeFeatures(windows.subarray(w * WINDOW, (w + 1) * WINDOW), features, w * FEATURES);
  return features;
}

/** Numbers that the ranges of the features take. */
export const RANGES_LENGTH = 2 * FEATURES;

/** Writes lowest and highest of each feature of `count` points to `into` at `at`. */
export function writeRanges(points: Float64Array, count: number, into: Float64Array, at: number): void {
  for (let i = 0; i < FEATURES; i++) {
    into[at + 2 * i] = Infinity;
    into[at + 2 * i + 1] = -Infinity;
    for (let w = 0; w < count; w++) {
      into[at + 2 * i] = Math.min(into[at + 2 * i], points[w * FEATURES + i]);
      into[at + 2 * i + 1] = Math.max(into[at + 2 * i + 1], points[w * FEATURES + i]);
    }
  }
}

/**
 * How far `point` lies outside of the ranges, in ranges and with a spread added to each, in the feature where it is farthest. To
 * a tree the first value past a range is as strange as the farthest; times one plus this, its score does not saturate.
 */
export function overshoot(point: Float64Array, ranges: Float64Array, at: number): number {
  let farthest = 0;
  for (let i = 0; i < FEATURES; i++) {
    const low = ranges[at + 2 * i];
    const high = ranges[at + 2 * i + 1];
    farthest = Math.max(farthest, Math.max(point[i] - high, low - point[i]) / (high - low + 1));
  }
  return farthest;
}

function grain(value: number): number {
  return GRAIN * Math.round(value / GRAIN);
}
