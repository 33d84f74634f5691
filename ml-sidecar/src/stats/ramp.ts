import { hingeThrough } from './hinge.ts';
import { quantileInPlace } from './quantile.ts';
import { createWorkspace } from './workspace.ts';

/** A straight rise or fall that goes on at the end of a series and is like nothing before it. */
export interface Ramp {
  /** Samples it has lasted, as far back as it is straight. */
  readonly length: number;
  /** Change a sample. */
  readonly slope: number;
  /** Value of the line at the last sample. */
  readonly level: number;
  /** Standard deviation around the line. */
  readonly noise: number;
}

/** Shortest stretch that is called a ramp, in samples. */
const SHORTEST = 12;
/** The line must rise by this many standard deviations of what lies around it … */
const CLEAR = 4;
/** … and by this many where it has but `FEW` samples; longer ones are surer. */
const SURE = 8;
const FEW = 36;
/** It must be this many times as steep as anything that the history shows over the same span. */
const NOVEL = 1.5;
/** The newest parts may differ from the whole by this share of its slope, or by what their noise leaves open. */
const STEADY = 0.4;
/** Share of the samples of a stretch that must be known. */
const KNOWN = 0.7;

/** Quantile of the earlier values that a ramp must have left behind. */
const USUAL = 0.995;

/** A random walk as restless as the history would have to stray by this many standard deviations to look like the ramp. */
const STRAYED = 4.5;
/** Changes of the history that are looked at for it, and the least number of spans that it must hold. */
const MOST_CHANGES = 400;
const LEAST_SPANS = 6;
/** Upper quartile of the size of a normal number. */
const QUARTILE = 1.1503;

const earlier = createWorkspace();
const sums = createWorkspace();
const counts = createWorkspace();

/**
 * The ramp at the end of `values[0..count)`, NaN being gaps; null where there is none. Looks at spans from an hour's dozen of
 * samples up to `longest` and takes the one with the surest slope that is clear, steady, steeper than all of the history before it, and out of its range, of which
 * there must be `longest` samples at least: a tooth of a saw and a morning rise are no ramps, their like has been seen.
 */
export function rampOf(values: Float64Array, count: number, longest: number): Ramp | null {
  const sum = sums.take(count + 1);
  const held = counts.take(count + 1);
  sum[0] = 0;
  held[0] = 0;
  for (let i = 0; i < count; i++) {
    const known = !Number.isNaN(values[i]);
    sum[i + 1] = sum[i] + (known ? values[i] : 0);
    held[i + 1] = held[i] + (known ? 1 : 0);
  }
  let found: Ramp | null = null;
  let best = 0;
  for (let length = SHORTEST; length <= longest && count - length >= length / 2 + longest / 3; length = Math.round(length * 1.3)) {
    const line = lineThrough(values, count, length);
    if (line === null || Math.abs(line.slope) * length < CLEAR * line.noise || sureness(line) < Math.max(SURE, best)) continue;
    if (!isSteady(values, count, line)) continue;
    const sign = Math.sign(line.slope);
    if (Math.abs(line.slope) <= NOVEL * steepestBefore(count, length, sign) || !isBeyond(values, count, line, sign)) continue;
    if (Math.abs(line.slope) * length < STRAYED * strayBefore(values, count, length)) continue;
    found = line;
    best = sureness(line);
  }
  return found && (hingeThrough(values, Math.max(0, count - Math.round(2.2 * found.length)), count, SHORTEST) ?? found);
}

/**
 * By how much the history before the last `length` and a half would stray over `length` samples if it were a random walk, in
 * standard deviations: from its changes over spans as long, or a part of its own length, less what its noise makes of them.
 * Near 0 for what always comes back.
 */
function strayBefore(values: Float64Array, count: number, length: number): number {
  const end = count - Math.round(1.5 * length);
  const span = Math.max(2, Math.min(length, Math.floor(end / LEAST_SPANS)));
  const wandered = usualChange(values, end, span) ** 2 - usualChange(values, end, 1) ** 2;
  return Math.sqrt(Math.max(0, wandered) * (length / span));
}

/** Standard deviation of the change over `lag` samples before index `end`, by its upper quartile; 0 where there is none. */
function usualChange(values: Float64Array, end: number, lag: number): number {
  const into = earlier.take(MOST_CHANGES + 1);
  const stride = Math.max(1, Math.ceil((end - lag) / MOST_CHANGES));
  let n = 0;
  for (let i = end - 1; i >= lag; i -= stride) {
    const change = Math.abs(values[i] - values[i - lag]);
    if (!Number.isNaN(change)) into[n++] = change;
  }
  return n === 0 ? 0 : quantileInPlace(into, n, 0.75) / QUARTILE;
}

/** Whether the newest third and the newest sixth still go as the whole does. */
function isSteady(values: Float64Array, count: number, line: Ramp): boolean {
  return [3, 6].every((part) => {
    const newest = lineThrough(values, count, Math.max(SHORTEST >> 1, Math.round(line.length / part)));
    if (newest === null) return false;
    const doubt = (3 * newest.noise) / newest.length ** 1.5;
    return Math.abs(newest.slope - line.slope) <= Math.max(STEADY * Math.abs(line.slope), Math.min(doubt, Math.abs(line.slope)));
  });
}

/** Rise in standard deviations around the line, the surer the more samples tell of it. */
function sureness({ slope, length, noise }: Ramp): number {
  return ((Math.abs(slope) * length) / noise) * Math.sqrt(length / FEW);
}

/** Whether the line has left what was seen before it began, but for the rarest values, and by more than its noise. */
function isBeyond(values: Float64Array, count: number, line: Ramp, sign: number): boolean {
  const into = earlier.take(count);
  const until = count - Math.round(1.2 * line.length);
  let n = 0;
  for (let i = 0; i < until; i++) if (!Number.isNaN(values[i])) into[n++] = sign * values[i];
  return n > 0 && sign * line.level > quantileInPlace(into, n, USUAL) + line.noise;
}

/** Least squares through the last `length` samples; null where too many are gaps. */
function lineThrough(values: Float64Array, count: number, length: number): Ramp | null {
  let n = 0;
  let meanT = 0;
  let meanX = 0;
  let tt = 0;
  let xx = 0;
  let tx = 0;
  for (let i = count - length; i < count; i++) {
    const x = values[i];
    if (Number.isNaN(x)) continue;
    n++;
    const t = i - count + 1;
    const dt = t - meanT;
    const dx = x - meanX;
    meanT += dt / n;
    meanX += dx / n;
    tt += dt * (t - meanT);
    xx += dx * (x - meanX);
    tx += dt * (x - meanX);
  }
  if (n < KNOWN * length || tt === 0) return null;
  const slope = tx / tt;
  return { length, slope, level: meanX - slope * meanT, noise: Math.sqrt(Math.max(0, xx - slope * tx) / n) };
}

/** Steepest change a sample in direction `sign` between the means of the two halves of any span before the last one and a half. */
function steepestBefore(count: number, length: number, sign: number): number {
  const sum = sums.take(0);
  const held = counts.take(0);
  const half = length >> 1;
  const stride = Math.max(1, length >> 3);
  let steepest = 0;
  for (let end = count - Math.round(1.5 * length); end - 2 * half >= 0; end -= stride) {
    const before = held[end - half] - held[end - 2 * half];
    const after = held[end] - held[end - half];
    if (before < KNOWN * half || after < KNOWN * half) continue;
    const change = (sum[end] - sum[end - half]) / after - (sum[end - half] - sum[end - 2 * half]) / before;
    steepest = Math.max(steepest, (sign * change) / half);
  }
  return steepest;
}
