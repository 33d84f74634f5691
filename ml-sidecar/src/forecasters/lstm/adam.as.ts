// AssemblyScript: Adam (Kingma & Ba 2015, algorithm 1).
import { sumOf } from './four.as';

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;

/** Steps `bytes` of weights against their gradient, a mean over `batch` no longer than `longest`; clears it, returns its length. */
export function adam(
  weights: usize,
  gradient: usize,
  momentum: usize,
  variance: usize,
  bytes: usize,
  rate: f32,
  batch: f32,
  longest: f32,
  steps: f32,
): f32 {
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = v128.load(gradient + i);
    squares = f32x4.add(squares, f32x4.mul(g, g));
  }
  const length: f32 = Mathf.sqrt(sumOf(squares)) / batch;
  const scale = f32x4.splat((length > longest ? longest / length : 1) / batch);
  const pace = f32x4.splat(rate / (1 - Mathf.pow(FIRST, steps + 1)));
  const correction = f32x4.splat(1 / (1 - Mathf.pow(SECOND, steps + 1)));
  for (let i: usize = 0; i < bytes; i += 16) {
    const g = f32x4.mul(v128.load(gradient + i), scale);
    const m = f32x4.add(f32x4.mul(f32x4.splat(FIRST), v128.load(momentum + i)), f32x4.mul(f32x4.splat(1 - FIRST), g));
    const squared = f32x4.mul(f32x4.splat(1 - SECOND), f32x4.mul(g, g));
    const v = f32x4.add(f32x4.mul(f32x4.splat(SECOND), v128.load(variance + i)), squared);
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, correction)), f32x4.splat(1e-8));
    v128.store(weights + i, f32x4.sub(v128.load(weights + i), f32x4.div(f32x4.mul(pace, m), size)));
    v128.store(momentum + i, m);
    v128.store(variance + i, v);
    v128.store(gradient + i, f32x4.splat(0));
  }
  return length;
}
