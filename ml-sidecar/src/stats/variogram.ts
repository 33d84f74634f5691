import type { Series } from './series.ts';
import { copyLearnable } from './learnable.ts';
import { quantileInPlace } from './quantile.ts';
import { seasonsOf } from './seasons.ts';
import { createWorkspace } from './workspace.ts';

/** How one step's miss carries on to the next ones: what decides how often a path crosses a limit. */
export interface MissMemory {
  /** Standard deviation of what is forgotten at once, in the unit of the series. */
  readonly noise: number;
  /** Share of the rest that is still there a step later, 0 to 1. */
  readonly carried: number;
  /** Largest and smallest value of each past span of `spanSeconds`, ascending: how often a limit was passed before. */
  readonly peaks: Float64Array;
  readonly troughs: Float64Array;
  readonly spanSeconds: number;
}

/** What a series is made of, as far as its changes over different spans tell. */
export type Structure = 'white noise' | 'random walk' | 'some';

/** Changes looked at per lag. */
const MOST_CHANGES = 600;
/** Changes are clipped at this quantile of their size: the drops of a saw must not pass for noise. */
const CLIP_LEVEL = 0.95;
/** The same where noise is told from what follows it, to which the drops of quick teeth belong as well. */
const NOISE_CLIP_LEVEL = 0.85;
/** Ratios of the variance of changes within which it counts as that of white noise. */
const WHITE = [0.75, 1.33] as const;
/** By how much the same ratio over the lag may differ from the 1 of a random walk, besides its standard errors; and its least. */
const WALK = 0.3;
const ERRORS = 2.5;
const LEAST_WALK = 0.3;
/** Whole change of a random walk in its standard deviations, above which it has a drift. */
const DRIFT = 3;

/** Spans whose extremes are kept. */
const SPAN_SECONDS = 21_600;

const known = createWorkspace();
const changes = createWorkspace();

/** Memory of the misses of `series`, from half the variance of its changes over one step, two steps, an hour and a day. */
export function missMemoryOf(series: Series): MissMemory {
  const values = known.take(series.values.length);
  copyLearnable(series, values);
  const count = series.values.length;
  const half = (lag: number): number => halfVariance(values, count, lag);
  const one = half(1);
  const quiet = halfVariance(values, count, 1, NOISE_CLIP_LEVEL);
  const forgotten = quiet > 0 ? 2 - halfVariance(values, count, 2, NOISE_CLIP_LEVEL) / quiet : 0;
  const noise = one * Math.max(0, Math.min(1, forgotten));
  const hour = Math.max(2, Math.min(Math.round(3600 / series.step), count >> 3));
  const day = Math.min(seasonsOf(series.step).day || 24, count >> 1);
  const whole = half(day) - noise;
  const left = whole > 0 ? 1 - (half(hour) - noise) / whole : 0;
  return { noise: Math.sqrt(noise), carried: Math.max(0, Math.min(1, left)) ** (1 / hour), ...extremes(values, count, series.step) };
}

/** Extremes of each span of six hours, the newest whole ones; spans without a known value are left out. */
function extremes(values: Float64Array, count: number, step: number): Pick<MissMemory, 'peaks' | 'troughs' | 'spanSeconds'> {
  const span = Math.max(1, Math.round(SPAN_SECONDS / step));
  const peaks: number[] = [];
  const troughs: number[] = [];
  for (let end = count; end >= span; end -= span) {
    let high = -Infinity;
    let low = Infinity;
    for (let i = end - span; i < end; i++) {
      if (values[i] > high) high = values[i];
      if (values[i] < low) low = values[i];
    }
    if (high < low) continue;
    peaks.push(high);
    troughs.push(low);
  }
  return { peaks: Float64Array.from(peaks).sort(), troughs: Float64Array.from(troughs).sort(), spanSeconds: span * step };
}

/**
 * Whether `series` is white noise or a random walk, of which nobody can say more than where it is and how far it strays: by the
 * ratios of the variance of its changes over growing spans (Lo and MacKinlay 1988), and a walk without drift. Less than three
 * days always are `some`.
 */
export function structureOf(series: Series): Structure {
  const count = series.values.length;
  const values = known.take(count);
  const samples = copyLearnable(series, values);
  const day = seasonsOf(series.step).day || 24;
  if (samples < 3 * day) return 'some';
  const one = halfVariance(values, count, 1);
  if (!(one > 0)) return 'some';
  const lags = [...new Set([2, 4, day >> 4, day >> 3, day >> 2, day >> 1, day])].filter((lag) => lag > 1);
  const ratios = lags.map((lag) => halfVariance(values, count, lag) / one);
  if (ratios.every((ratio) => ratio > WHITE[0] && ratio < WHITE[1])) return 'white noise';
  const walks = lags.every((lag, i) => {
    // The standard error of the ratio over overlapping spans, Lo and MacKinlay's for long lags.
    const doubt = WALK + ERRORS * Math.sqrt((4 * lag) / (3 * samples));
    return ratios[i] / lag > Math.max(LEAST_WALK, 1 - doubt) && ratios[i] / lag < 1 + doubt;
  });
  return walks && wholeChange(values, count) ** 2 < DRIFT ** 2 * 2 * one * count ? 'random walk' : 'some';
}

function wholeChange(values: Float64Array, count: number): number {
  let first = 0;
  let last = count - 1;
  while (first < last && Number.isNaN(values[first])) first++;
  while (last > first && Number.isNaN(values[last])) last--;
  return values[last] - values[first];
}

/** Half the mean square of the change over `lag` steps, clipped; 0 where nothing is known. */
function halfVariance(values: Float64Array, count: number, lag: number, level = CLIP_LEVEL): number {
  const into = changes.take(MOST_CHANGES + 1);
  const stride = Math.max(1, Math.ceil((count - lag) / MOST_CHANGES));
  let found = 0;
  for (let i = count - 1; i >= lag; i -= stride) {
    const change = Math.abs(values[i] - values[i - lag]);
    if (!Number.isNaN(change)) into[found++] = change;
  }
  if (found === 0) return 0;
  const limit = quantileInPlace(into, found, level);
  let sum = 0;
  for (let i = 0; i < found; i++) sum += Math.min(into[i], limit) ** 2;
  return sum / found / 2;
}
