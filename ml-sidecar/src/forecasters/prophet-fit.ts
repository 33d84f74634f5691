import { solveFactored } from '../stats/cholesky.ts';
import { lassoScratch, solveLasso } from '../stats/lasso.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { addRow, reduceGram, writeRow } from './prophet-grid.ts';
import type { ProphetGrid, ReducedGram } from './prophet-grid.ts';

/** What was learnt, in units of the scaled series and of the span of the history. */
export interface ProphetFit {
  /** Level, slope, sine and cosine of each wave, and the effect of a holiday where there is one. */
  readonly smooth: Float64Array;
  /** Change of slope at each place of the grid; most are zero. */
  readonly changes: Float64Array;
  /** Standard deviation of what is left. */
  readonly noise: number;
}

/** Scale of the Laplace prior of a change of slope: Prophet's own. */
const CHANGE_SCALE = 0.05;
const LEAST_VARIANCE = 1e-14;
const MOST_ROUNDS = 40;
const SETTLED = 1e-7;

const rights = createWorkspace();
const grams = createWorkspace();
const rows = createWorkspace();
const scratch = lassoScratch(64);

/**
 * The parameters of greatest posterior density: noise N(0, σ), σ half-normal(0.5), changes of slope Laplace(0.05). `values`: the
 * scaled series, 0 where `known` is not 1. `holiday`: 1 on holidays, or null. In turn the changes of slope at a given noise, exactly,
 * and the noise at given changes; each lowers the same objective.
 */
export function fitProphet(grid: ProphetGrid, values: Float64Array, known: Uint8Array, holiday: Uint8Array | null): ProphetFit {
  const { count } = grid;
  let samples = 0;
  for (let i = 0; i < count; i++) samples += known[i];
  const reduced = samples === count && !holiday ? grid.reduced : reduceKnown(grid, known, holiday);
  const { smooth, changes, factor, shares, rest } = reduced;
  const right = writeProducts(grid, values, holiday);
  const solved = right.slice(0, smooth);
  solveFactored(factor, solved, smooth);
  let unexplained = 0;
  for (let i = 0; i < count; i++) unexplained += values[i] * values[i];
  for (let a = 0; a < smooth; a++) unexplained -= solved[a] * right[a];
  const wanted = right.subarray(smooth, smooth + changes);
  for (let j = 0; j < changes; j++) {
    for (let a = 0; a < smooth; a++) wanted[j] -= shares[j * smooth + a] * right[a];
  }
  const slopes = new Float64Array(changes);
  let variance = noiseOf(unexplained, samples);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    solveLasso(rest, wanted, variance / CHANGE_SCALE, changes, slopes, scratch);
    const next = noiseOf(unexplained - explained(rest, wanted, slopes), samples);
    const settled = Math.abs(next - variance) <= SETTLED * variance;
    variance = next;
    if (settled) break;
  }
  for (let j = 0; j < changes; j++) {
    if (slopes[j] !== 0) for (let a = 0; a < smooth; a++) solved[a] -= slopes[j] * shares[j * smooth + a];
  }
  return { smooth: solved, changes: slopes, noise: Math.sqrt(variance) };
}

/** σ² of greatest density: the positive root of 4 σ⁴ + n σ² − squares = 0. */
function noiseOf(squares: number, samples: number): number {
  const sum = Math.max(0, squares);
  return Math.max(LEAST_VARIANCE, (2 * sum) / (samples + Math.sqrt(samples * samples + 16 * sum)));
}

/** By how much the changes of slope lower the sum of squares. */
function explained(rest: Float64Array, wanted: Float64Array, slopes: Float64Array): number {
  const size = slopes.length;
  let sum = 0;
  for (let j = 0; j < size; j++) {
    if (slopes[j] === 0) continue;
    let row = 2 * wanted[j] - rest[j * size + j] * slopes[j];
    for (let k = 0; k < j; k++) row -= 2 * rest[j * size + k] * slopes[k];
    sum += slopes[j] * row;
  }
  return sum;
}

/** X'y: level, slope, waves, holiday, changes of slope. */
function writeProducts({ count, waves, changes, smooth }: ProphetGrid, values: Float64Array, holiday: Uint8Array | null): Float64Array {
  const held = holiday ? 1 : 0;
  const right = rights.take(smooth + held + changes.length).fill(0);
  for (let column = 2; column < smooth; column += 2) {
    const sines = (column - 2) * count;
    const cosines = sines + count;
    let a = 0;
    let b = 0;
    for (let i = 0; i < count; i++) {
      a += waves[sines + i] * values[i];
      b += waves[cosines + i] * values[i];
    }
    right[column] = a;
    right[column + 1] = b;
  }
  if (holiday) for (let i = 0; i < count; i++) right[smooth] += holiday[i] * values[i];
  let sum = 0;
  let moment = 0;
  for (let i = count - 1, j = changes.length - 1; i >= 0; i--) {
    for (; j >= 0 && changes[j] === i; j--) right[smooth + held + j] = (moment - i * sum) / (count - 1);
    sum += values[i];
    moment += i * values[i];
  }
  right[0] = sum;
  right[1] = moment / (count - 1);
  return right;
}

/** X'X of the known samples alone, from that of all by taking the others out (or from nothing, whichever is less work). */
function reduceKnown(grid: ProphetGrid, known: Uint8Array, holiday: Uint8Array | null): ReducedGram {
  const { count, smooth, changes } = grid;
  const held = holiday ? 1 : 0;
  const inner = smooth + changes.length;
  const size = inner + held;
  const row = rows.take(size).subarray(0, size);
  const plain = row.subarray(0, inner);
  const own = grams.take(inner * inner + size * size);
  const gram = own.subarray(0, inner * inner);
  let gaps = 0;
  for (let i = 0; i < count; i++) gaps += 1 - known[i];
  const anew = 2 * gaps > count;
  if (anew) gram.fill(0);
  else gram.set(grid.gram);
  for (let i = 0; i < count; i++) if ((known[i] === 1) === anew) addRow(gram, writeRow(grid, i, plain), anew ? 1 : -1);
  if (!holiday) return reduceGram(gram, smooth, changes.length);
  const whole = own.subarray(inner * inner, inner * inner + size * size).fill(0);
  const placeOf = (column: number): number => (column < smooth ? column : column + 1);
  for (let a = 0; a < inner; a++) {
    for (let b = 0; b <= a; b++) whole[placeOf(a) * size + placeOf(b)] = gram[a * inner + b];
  }
  for (let i = 0; i < count; i++) {
    if (holiday[i] === 0 || known[i] === 0) continue;
    writeRow(grid, i, plain);
    whole[smooth * size + smooth]++;
    for (let a = 0; a < inner; a++) whole[a < smooth ? smooth * size + a : (a + 1) * size + smooth] += plain[a];
  }
  return reduceGram(whole, smooth + 1, changes.length);
}
