import { seededRandom } from '../stats/random.ts';
import type { Detector } from './detector.ts';
import { windowDetector } from './window-detector.ts';
import { FEATURES, featuresOf, overshoot, RANGES_LENGTH, writeFeatures, writeRanges } from './window-features.ts';

const features = new Float64Array(FEATURES);

const TREES = 16;
const DEPTH = 5;
const NODES = 2 ** (DEPTH + 1) - 1;
/** Numbers of one node: the dimension it halves, where it does, and the windows that it saw. */
const NODE = 3;
const MASSES = TREES * NODES * NODE;

/**
 * How few windows fell into the same halves of random half-spaces as the last window of values, in powers of two. Cheap to
 * learn; coarse, as a tree halves its space without a look at the values, so that it finds what is far out better than what is
 * oddly shaped.
 * Source: Tan, Ting and Liu, "Fast Anomaly Detection for Streaming Data", IJCAI 2011; the masses are renewed each day.
 */
export const halfSpaceTrees: Detector = windowDetector({
  name: 'half-space-trees',
  length: MASSES + RANGES_LENGTH,
  prior: 6,
  least: 3,
  fit(windows, count, into) {
    into.fill(0);
    const points = featuresOf(windows, count);
    writeRanges(points, count, into, MASSES);
    const next = seededRandom(0x4a1f);
    for (let tree = 0; tree < TREES; tree++) {
      const at = tree * NODES * NODE;
      // The working range of section 3: around a random point of the range, twice the longer way out on both sides.
      const from = new Float64Array(FEATURES);
      const to = new Float64Array(FEATURES);
      for (let i = 0; i < FEATURES; i++) {
        const low = into[MASSES + 2 * i];
        const high = into[MASSES + 2 * i + 1];
        const point = low + (high - low) * next();
        const reach = 2 * Math.max(point - low, high - point);
        from[i] = point - reach;
        to[i] = point + reach;
      }
      halve(into, at, 0, 0, from, to, next);
      for (let w = 0; w < count; w++) {
        visit(points.subarray(w * FEATURES, (w + 1) * FEATURES), into, at, (place) => into[place + 2]++);
      }
    }
  },
  distance(window, fitted) {
    writeFeatures(window, features, 0);
    let total = 0;
    for (let tree = 0; tree < TREES; tree++) {
      const at = tree * NODES * NODE;
      const windows = Math.max(1, fitted[at + 2]);
      let rarest = 0;
      visit(features, fitted, at, (place, depth) => {
        rarest = Math.max(rarest, Math.log2(windows / Math.max(0.5, fitted[place + 2])) - depth * USUAL_HALVING);
      });
      total += rarest / TREES;
    }
    return total * (1 + overshoot(features, fitted, MASSES));
  },
});

/** Powers of two by which the mass falls at each depth among usual windows, which fill few of the halves. */
const USUAL_HALVING = 0.4;

/** Halves the range at `node` along a random dimension, down to the leaves. */
function halve(
  into: Float64Array,
  at: number,
  node: number,
  depth: number,
  from: Float64Array,
  to: Float64Array,
  next: () => number,
): void {
  if (depth === DEPTH) return;
  const place = at + node * NODE;
  const dimension = Math.floor(next() * FEATURES);
  const [start, end] = [from[dimension], to[dimension]];
  const middle = (start + end) / 2;
  into[place] = dimension;
  into[place + 1] = middle;
  to[dimension] = middle;
  halve(into, at, 2 * node + 1, depth + 1, from, to, next);
  to[dimension] = end;
  from[dimension] = middle;
  halve(into, at, 2 * node + 2, depth + 1, from, to, next);
  from[dimension] = start;
}

/** Calls `see` with the place and depth of every node on the way of `point`. */
function visit(point: Float64Array, trees: Float64Array, at: number, see: (place: number, depth: number) => void): void {
  for (let node = 0, depth = 0; ; depth++) {
    const place = at + node * NODE;
    see(place, depth);
    if (depth === DEPTH) return;
    node = 2 * node + (point[trees[place]] < trees[place + 1] ? 1 : 2);
  }
}
