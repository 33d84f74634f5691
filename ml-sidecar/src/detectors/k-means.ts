import type { Detector } from './detector.ts';
import { WINDOW, windowDetector } from './window-detector.ts';

/** Kinds of windows told apart. */
const CENTRES = 6;
const ROUNDS = 12;

/**
 * Distance of the last window of values from the nearest of six kinds of windows, per value and in spreads. Finds shapes that
 * never were; is blind to a wrong time of day and to incidents that came often enough to be a kind of their own.
 * Source: Yairi et al., "Fault detection by mining association rules from house-keeping data", 2001 (KMeansAD), with the
 * deterministic farthest-point start of Gonzalez (1985).
 */
export const kMeans: Detector = windowDetector({
  name: 'k-means',
  length: CENTRES * WINDOW,
  prior: 4,
  least: 1.5,
  fit(windows, count, into) {
    start(windows, count, into);
    const sums = new Float64Array(CENTRES * WINDOW);
    const members = new Float64Array(CENTRES);
    for (let round = 0; round < ROUNDS; round++) {
      sums.fill(0);
      members.fill(0);
      for (let w = 0; w < count; w++) {
        const window = windows.subarray(w * WINDOW, (w + 1) * WINDOW);
        const nearest = nearestOf(window, into, CENTRES).centre;
        members[nearest]++;
        for (let i = 0; i < WINDOW; i++) sums[nearest * WINDOW + i] += window[i];
      }
      for (let c = 0; c < CENTRES; c++) {
        if (members[c] > 0) for (let i = 0; i < WINDOW; i++) into[c * WINDOW + i] = sums[c * WINDOW + i] / members[c];
      }
    }
  },
  distance: (window, fitted) => Math.sqrt(nearestOf(window, fitted, CENTRES).square / WINDOW),
});

/** The first centre is the middle window, each next one the window farthest from all before. */
function start(windows: Float64Array, count: number, into: Float64Array): void {
  const middle = Math.floor(count / 2);
  into.set(windows.subarray(middle * WINDOW, (middle + 1) * WINDOW));
  for (let c = 1; c < CENTRES; c++) {
    let farthest = 0;
    let distance = -1;
    for (let w = 0; w < count; w++) {
      const { square } = nearestOf(windows.subarray(w * WINDOW, (w + 1) * WINDOW), into, c);
      if (square > distance) {
        distance = square;
        farthest = w;
      }
    }
    into.set(windows.subarray(farthest * WINDOW, (farthest + 1) * WINDOW), c * WINDOW);
  }
}

function nearestOf(window: Float64Array, centres: Float64Array, count: number): { centre: number; square: number } {
  let centre = 0;
  let square = Infinity;
  for (let c = 0; c < count; c++) {
    let sum = 0;
    for (let i = 0; i < WINDOW; i++) sum += (window[i] - centres[c * WINDOW + i]) ** 2;
    if (sum < square) {
      square = sum;
      centre = c;
    }
  }
  return { centre, square };
}
