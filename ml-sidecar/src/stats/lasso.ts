import { solveCholesky } from './cholesky.ts';

/** Scratch memory of `solveLasso`: made once for problems up to a size. */
export interface LassoScratch {
  readonly active: Int32Array;
  readonly signs: Float64Array;
  readonly gram: Float64Array;
  readonly next: Float64Array;
}

/** Scratch memory for problems of up to `size` unknowns. */
export function lassoScratch(size: number): LassoScratch {
  return {
    active: new Int32Array(size),
    signs: new Float64Array(size),
    gram: new Float64Array(size * size),
    next: new Float64Array(size),
  };
}

/** Gradients this far above the penalty, relative to it, count as no better. */
const SLACK = 1e-9;

/**
 * Minimises ½ x'Sx − c'x + penalty · Σ|x| over `x` in place, from where it stands (zeros, or the answer to a neighbouring penalty).
 * `gram`: S, symmetric and positive semidefinite, in rows of `size`; penalty > 0. Exact up to
 * rounding: one unknown at a time joins those that are not zero, or leaves them where its sign would turn, as in the least
 * squares of Lawson and Hanson ("Solving Least Squares Problems", 1974, chapter 23) and the feature-sign search of Lee, Battle,
 * Raina and Ng ("Efficient sparse coding algorithms", 2007).
 */
export function solveLasso(
  gram: Float64Array,
  c: Float64Array,
  penalty: number,
  size: number,
  x: Float64Array,
  scratch: LassoScratch,
): void {
  let count = 0;
  for (let i = 0; i < size; i++) {
    if (x[i] === 0) continue;
    scratch.active[count] = i;
    scratch.signs[count++] = Math.sign(x[i]);
  }
  // Each round lowers the objective; the bound is for rounding alone.
  for (let round = 0; round < 8 * size; round++) {
    if (count > 0) count = settle(gram, c, penalty, size, x, scratch, count);
    const joining = steepest(gram, c, penalty, size, x, scratch.active, count);
    if (joining < 0) return;
    scratch.active[count] = joining;
    scratch.signs[count] = Math.sign(c[joining] - productAt(gram, x, size, joining, scratch.active, count));
    count++;
  }
}

/** The zero whose change would lower the objective most; −1 where none would. */
function steepest(
  gram: Float64Array,
  c: Float64Array,
  penalty: number,
  size: number,
  x: Float64Array,
  active: Int32Array,
  count: number,
): number {
  let most = penalty * (1 + SLACK);
  let place = -1;
  for (let i = 0; i < size; i++) {
    if (x[i] !== 0) continue;
    const slope = Math.abs(c[i] - productAt(gram, x, size, i, active, count));
    if (slope <= most) continue;
    most = slope;
    place = i;
  }
  return place;
}

/** Row `i` of S times x, of which only the active are not zero. */
function productAt(gram: Float64Array, x: Float64Array, size: number, i: number, active: Int32Array, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += gram[i * size + active[k]] * x[active[k]];
  return sum;
}

/** Moves the active unknowns to the least objective at which none has turned its sign, dropping those that would; returns how many are left. */
function settle(
  gram: Float64Array,
  c: Float64Array,
  penalty: number,
  size: number,
  x: Float64Array,
  scratch: LassoScratch,
  begin: number,
): number {
  const { active, signs, next } = scratch;
  let count = begin;
  while (count > 0) {
    solveActive(gram, c, penalty, size, scratch, count);
    let share = 1;
    let turning = -1;
    for (let k = 0; k < count; k++) {
      if (next[k] * signs[k] > 0) continue;
      const before = x[active[k]];
      const reach = before / (before - next[k]);
      if (turning >= 0 && !(reach < share)) continue;
      share = Number.isFinite(reach) ? reach : 0;
      turning = k;
    }
    for (let k = 0; k < count; k++) x[active[k]] += share * (next[k] - x[active[k]]);
    if (turning < 0) return count;
    x[active[turning]] = 0;
    count--;
    active.copyWithin(turning, turning + 1, count + 1);
    signs.copyWithin(turning, turning + 1, count + 1);
  }
  return 0;
}

/** Fills `next` with the least objective of the active unknowns at their signs. */
function solveActive(gram: Float64Array, c: Float64Array, penalty: number, size: number, scratch: LassoScratch, count: number): void {
  const { active, signs, next, gram: part } = scratch;
  for (let a = 0; a < count; a++) {
    const i = active[a];
    next[a] = c[i] - penalty * signs[a];
    for (let b = 0; b <= a; b++) {
      part[a * count + b] = gram[i * size + active[b]];
    }
    part[a * count + a] *= 1 + 1e-12;
  }
  solveCholesky(part, next, count);
}
