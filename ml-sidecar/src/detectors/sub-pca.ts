import type { Detector } from './detector.ts';
import { WINDOW, windowDetector } from './window-detector.ts';

/** Directions that windows usually move along. */
const DIRECTIONS = 3;
const ROUNDS = 60;

/**
 * What is left of the last window of values when the three directions along which windows usually vary are taken out, per value
 * and in spreads. Finds broken shapes and jumps; a window that is only higher or lower than ever lies along the first direction
 * and is measured by a tenth.
 * Source: Sub-PCA of TSB-AD (Liu and Paparrizos, 2024), after Aggarwal, Outlier Analysis (2017), section 3.3; the directions by
 * power iteration with deflation (Hotelling 1933).
 */
export const subPca: Detector = windowDetector({
  name: 'sub-pca',
  length: (1 + DIRECTIONS) * WINDOW,
  prior: 3,
  least: 1,
  fit(windows, count, into) {
    into.fill(0);
    for (let w = 0; w < count; w++) for (let i = 0; i < WINDOW; i++) into[i] += windows[w * WINDOW + i] / count;
    const covariance = new Float64Array(WINDOW * WINDOW);
    for (let w = 0; w < count; w++) {
      for (let i = 0; i < WINDOW; i++) {
        const away = windows[w * WINDOW + i] - into[i];
        for (let j = 0; j < WINDOW; j++) covariance[i * WINDOW + j] += (away * (windows[w * WINDOW + j] - into[j])) / count;
      }
    }
    for (let d = 0; d < DIRECTIONS; d++) direction(covariance, into.subarray((1 + d) * WINDOW, (2 + d) * WINDOW), d);
  },
  distance(window, fitted) {
    let square = 0;
    for (let i = 0; i < WINDOW; i++) square += (window[i] - fitted[i]) ** 2;
    for (let d = 1; d <= DIRECTIONS; d++) {
      let along = 0;
      for (let i = 0; i < WINDOW; i++) along += (window[i] - fitted[i]) * fitted[d * WINDOW + i];
      square -= (1 - ALONG * ALONG) * along * along;
    }
    return Math.sqrt(Math.max(0, square) / WINDOW);
  },
});

/** Share by which what lies along the usual directions counts. */
const ALONG = 0.1;

/** Writes the direction of largest variance into `into` and takes it out of `covariance`; zeros where nothing varies. */
function direction(covariance: Float64Array, into: Float64Array, seed: number): void {
  for (let i = 0; i < WINDOW; i++) into[i] = Math.cos(seed * (i + 0.5)) + 0.01 * i;
  const next = new Float64Array(WINDOW);
  let length = 0;
  for (let round = 0; round < ROUNDS; round++) {
    length = 0;
    for (let i = 0; i < WINDOW; i++) {
      next[i] = 0;
      for (let j = 0; j < WINDOW; j++) next[i] += covariance[i * WINDOW + j] * into[j];
      length += next[i] * next[i];
    }
    length = Math.sqrt(length);
    if (!(length > 1e-12)) {
      into.fill(0);
      return;
    }
    for (let i = 0; i < WINDOW; i++) into[i] = next[i] / length;
  }
  for (let i = 0; i < WINDOW; i++) for (let j = 0; j < WINDOW; j++) covariance[i * WINDOW + j] -= length * into[i] * into[j];
}
