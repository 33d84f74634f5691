import { seededRandom } from '../stats/random.ts';

const TREES = 24;
/** Points that a tree is grown from. */
const SUBSAMPLE = 64;
const DEPTH = 6;
const NODES = 2 ** (DEPTH + 1) - 1;
/** Numbers of one node: the dimension it splits, −1 for a leaf; and where it splits, or the path length of the leaf. */
const NODE = 2;
const EULER = 0.5772156649;

/** Numbers that a grown forest takes. */
export const FOREST_LENGTH = TREES * NODES * NODE;

/**
 * Grows isolation trees over `count` points of `dimensions` numbers that lie one after the other in `points`, and writes them
 * into `into`. The same points give the same trees.
 * Source: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008, with trees kept as heaps in one typed array.
 */
export function growForest(points: Float64Array, count: number, dimensions: number, into: Float64Array): void {
  const next = seededRandom(0x1f0e57);
  const size = Math.min(SUBSAMPLE, count);
  const members = new Int32Array(count);
  for (let tree = 0; tree < TREES; tree++) {
    for (let i = 0; i < count; i++) members[i] = i;
    for (let i = 0; i < size; i++) swap(members, i, i + Math.floor(next() * (count - i)));
    grow({ points, dimensions, members, into, at: tree * NODES * NODE, next }, 0, 0, size, 0);
  }
}

/**
 * How quickly `point` is isolated: the mean path length of its kind of sample over its own, about 1 for a usual point, and up to
 * seven for one that a single split cuts off. Unlike the score of the paper it does not press what is unusual into (0.5, 1).
 */
export function isolation(point: Float64Array, forest: Float64Array): number {
  let total = 0;
  for (let tree = 0; tree < TREES; tree++) {
    const at = tree * NODES * NODE;
    let node = 0;
    while (forest[at + node * NODE] >= 0) {
      node = 2 * node + (point[forest[at + node * NODE]] < forest[at + node * NODE + 1] ? 1 : 2);
    }
    total += forest[at + node * NODE + 1];
  }
  return total > 0 ? (TREES * usualPath(SUBSAMPLE)) / total : 1;
}

interface Growing {
  readonly points: Float64Array;
  readonly dimensions: number;
  readonly members: Int32Array;
  readonly into: Float64Array;
  readonly at: number;
  readonly next: () => number;
}

/** Grows the node from `members[from..to)`. */
function grow(tree: Growing, node: number, from: number, to: number, depth: number): void {
  const { points, dimensions, members, into, next } = tree;
  const place = tree.at + node * NODE;
  const { dimension, low, high } = depth < DEPTH && to - from > 1 ? spanOf(tree, from, to) : NO_SPAN;
  into[place] = dimension;
  if (dimension < 0) {
    into[place + 1] = depth + usualPath(to - from);
    return;
  }
  const split = low + (high - low) * (0.001 + 0.998 * next());
  into[place + 1] = split;
  let middle = from;
  for (let i = from; i < to; i++) if (points[members[i] * dimensions + dimension] < split) swap(members, i, middle++);
  grow(tree, 2 * node + 1, from, middle, depth + 1);
  grow(tree, 2 * node + 2, middle, to, depth + 1);
}

interface Span {
  /** −1 where the points do not differ in any dimension. */
  readonly dimension: number;
  readonly low: number;
  readonly high: number;
}

const NO_SPAN: Span = { dimension: -1, low: 0, high: 0 };

/** A random dimension in which the points of `members[from..to)` differ, and their range in it. */
function spanOf({ points, dimensions, members, next }: Growing, from: number, to: number): Span {
  const first = Math.floor(next() * dimensions);
  for (let k = 0; k < dimensions; k++) {
    const dimension = (first + k) % dimensions;
    let low = Infinity;
    let high = -Infinity;
    for (let i = from; i < to; i++) {
      const value = points[members[i] * dimensions + dimension];
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (high > low) return { dimension, low, high };
  }
  return NO_SPAN;
}

/** Mean path length of an unsuccessful search in a binary tree of `size` (section 2 of the paper). */
function usualPath(size: number): number {
  if (size <= 1) return 0;
  return 2 * (Math.log(size - 1) + EULER) - (2 * (size - 1)) / size;
}

function swap(members: Int32Array, i: number, j: number): void {
  const kept = members[i];
  members[i] = members[j];
  members[j] = kept;
}
