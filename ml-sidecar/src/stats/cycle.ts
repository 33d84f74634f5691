import { quantileInPlace } from './quantile.ts';
import { createWorkspace } from './workspace.ts';

/** Newest samples that are looked at, at most. */
const MOST_SAMPLES = 768;
/** Cycles that must be seen. */
const LEAST_CYCLES = 3.5;
/** Means that are worth looking at. */
const LEAST_SAMPLES = 96;
/** Shortest cycle, in samples. */
const SHORTEST = 4;
/** Autocorrelation that a cycle must reach, and by which it must rise above the valley before it. */
const CLEAR = 0.35;
const RISE = 0.25;
/** The same in standard errors of what white noise shows, where samples are few. */
const SURE = 5;
/** A shorter cycle is taken where it comes this near to the best. */
const NEARLY = 0.9;
/** Samples are clipped at this many times their median size. */
const CLIP = 6;

const clipped = createWorkspace();
const sizes = createWorkspace();
const correlations = createWorkspace();

/**
 * Samples in one cycle of the end of `values[0..count)`, NaN being gaps, to a part of a sample; 0 where there is none. Whatever cycle
 * is known already (the day) must have been taken out. Own method: the first peak of the autocorrelation that comes near to the
 * highest and stands clear of the valley before it, refined by its multiples. Looks at the newest values first, then at longer cycles
 * in means of several values, so that it costs the same for any history.
 */
export function cycleOf(values: Float64Array, count: number): number {
  for (let stride = 1; count / stride >= LEAST_SAMPLES; stride *= 8) {
    const samples = Math.min(MOST_SAMPLES, Math.floor(count / stride));
    const cycle = cycleIn(means(values, count, stride, samples), samples);
    if (cycle > 0) return cycle * stride;
  }
  return 0;
}

/** Means of `stride` values each, the newest `samples` of them, about their median and clipped; gaps are NaN. */
function means(values: Float64Array, count: number, stride: number, samples: number): Float64Array {
  const into = clipped.take(samples);
  const some = sizes.take(samples);
  let known = 0;
  for (let k = 0; k < samples; k++) {
    let sum = 0;
    let held = 0;
    for (let i = count - (samples - k) * stride; i < count - (samples - k - 1) * stride; i++) {
      if (Number.isNaN(values[i])) continue;
      // Halved first, so that the sum of two huge values stays finite.
      sum += values[i] / stride;
      held++;
    }
    into[k] = held > 0 ? sum * (stride / held) : NaN;
    if (held > 0) some[known++] = into[k];
  }
  const middle = quantileInPlace(some, known, 0.5);
  for (let k = 0; k < known; k++) some[k] = Math.abs(some[k] - middle);
  const limit = CLIP * quantileInPlace(some, known, 0.5);
  for (let k = 0; k < samples; k++) {
    const away = into[k] - middle;
    // In units of the limit: squares of what is huge would not be finite.
    into[k] = limit > 0 ? Math.max(-1, Math.min(1, away / limit)) : NaN;
  }
  return into;
}

function cycleIn(y: Float64Array, samples: number): number {
  const longest = Math.floor(samples / LEAST_CYCLES);
  const r = correlations.take(longest + 2);
  let gaps = false;
  for (let i = 0; i < samples; i++) if (Number.isNaN(y[i])) gaps = true;
  for (let lag = 0; lag <= longest + 1; lag++) {
    r[lag] = gaps ? meanKnown(y, samples, lag) : meanProduct(y, samples, lag);
  }
  if (!(r[0] > 0)) return 0;
  let best = 0;
  for (let lag = SHORTEST; lag <= longest; lag++) if (isPeak(r, lag) && r[lag] > best) best = r[lag];
  if (best < Math.max(CLEAR, SURE / Math.sqrt(samples)) * r[0]) return 0;
  let valley = r[1];
  for (let lag = 2; lag <= longest; lag++) {
    if (lag >= SHORTEST && isPeak(r, lag) && r[lag] >= NEARLY * best && r[lag] - valley >= RISE * r[0]) return refined(r, lag, longest);
    valley = Math.min(valley, r[lag]);
  }
  return 0;
}

function meanProduct(y: Float64Array, samples: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < samples; i++) sum += y[i] * y[i - lag];
  return sum / (samples - lag);
}

/** The same of what is known; 0 where nothing is. */
function meanKnown(y: Float64Array, samples: number, lag: number): number {
  let sum = 0;
  let held = 0;
  for (let i = lag; i < samples; i++) {
    const product = y[i] * y[i - lag];
    // What is no number compares as false.
    if (product <= 1) {
      sum += product;
      held++;
    }
  }
  return held > 0 ? sum / held : 0;
}

function isPeak(r: Float64Array, lag: number): boolean {
  return r[lag] > r[lag - 1] && r[lag] >= r[lag + 1];
}

/** The peak at about `lag`, by the places of the peaks at its multiples: the farthest says it the most exactly. */
function refined(r: Float64Array, lag: number, longest: number): number {
  let cycle = lag;
  for (let times = 2; times * cycle <= longest - 1; times++) {
    const about = Math.round(times * cycle);
    const reach = Math.max(1, Math.floor(cycle / 6));
    let at = about;
    for (let k = Math.max(1, about - reach); k <= Math.min(longest, about + reach); k++) if (r[k] > r[at]) at = k;
    if (!isPeak(r, at) || r[at] < 0.5 * r[lag]) break;
    cycle = at / times;
  }
  return cycle;
}
