import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { quantileSorted } from '../stats/quantile.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { fromWorking } from '../stats/working-scale.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { causalViewOf } from './causal-view.ts';
import type { CausalView } from './causal-view.ts';
import { dayProfileForecaster } from './day-profile.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { alongPath } from './path.ts';
import { usualAt } from './ridge-features.ts';

/**
 * Looks for the moments of the past that were most like now (the means over the last minutes to sixteen hours, the time of day,
 * the newer the better) and takes what followed them as the distribution of what follows now, moved to the present level, which
 * counts less the further ahead. The method of analogues (Lorenz 1969), also known as nearest-neighbour forecasting. Knows shapes
 * that no linear model knows: saw-teeth, jobs that start when something else has ended. Fails where now is like nothing before.
 * Before three days of history it is `day-profile`.
 */
export const analogs: Forecaster = {
  name: 'analogs',
  minSamples: dayProfileForecaster.minSamples,
  equivariant: { scale: true, shift: false },
  fit: fitAnalogs,
};

/** Ends of the windows whose means describe a moment, in hours before it. */
const WINDOWS = [1 / 6, 1 / 2, 1, 2, 4, 8, 16] as const;
/** Moments looked at a day, and at most. */
const MOMENTS_A_DAY = 48;
const MOST_MOMENTS = 2000;
/** Analogues taken for a step. */
const NEAREST = 24;
/** What an hour of difference in the time of day adds to the distance, for near and for far steps. */
const CLOCK_NEAR = 0.3;
const CLOCK_FAR = 1.5;
/** What a day of age adds to the distance. */
const AGE = 0.05;
/** Hours after which the present level counts 1/e. */
const MEMORY_HOURS = 3;
/** Share of the difference in what is usual at the two times that is made up for. */
const PROFILE_SHARE = 0.3;
/** Hours ahead from which the far ranking alone counts. */
const FAR_HOURS = 12;
/** How far past the outermost analogue the tails reach, in analogues. */
const TAIL = 0.3;

const known = createWorkspace();
const sums = createWorkspace();
const counts = createWorkspace();
const nearKeys = createWorkspace();
const farKeys = createWorkspace();
const follower = new Float64Array(NEAREST);
const present = new Float64Array(WINDOWS.length);

function fitAnalogs(series: Series, horizonSteps?: number): FittedForecaster {
  const { step } = series;
  const samples = copyLearnable(series, known.take(series.values.length));
  requireSamples('analogs', samples, analogs.minSamples);
  const { day } = seasonsOf(step);
  if (day === 0 || samples < 3 * day) return dayProfileForecaster.fit(series, horizonSteps);
  const steps = horizonSteps ?? day;
  const view = causalViewOf(series, day);
  prepareAnalogs(view);
  const rows = new Float64Array(SPREAD_LEVELS.length * steps);
  const leads = Int32Array.from({ length: steps }, (_, h) => h + 1);
  writeAnalogs(view, view.count - 1, leads, rows);
  return alongPath({ start: originOf(series) + step, step, steps, rows, day });
}

/** Running sums of the view, once for all origins. */
export function prepareAnalogs(view: CausalView): void {
  const { y, count } = view;
  const sum = sums.take(count + 1);
  const held = counts.take(count + 1);
  sum[0] = 0;
  held[0] = 0;
  for (let i = 0; i < count; i++) {
    const gap = Number.isNaN(y[i]);
    sum[i + 1] = sum[i] + (gap ? 0 : y[i]);
    held[i + 1] = held[i] + (gap ? 0 : 1);
  }
}

/** Writes the spread levels for each of `leads` after `origin`: `rows[level * leads.length + k]`. `prepareAnalogs` comes first. */
export function writeAnalogs(view: CausalView, origin: number, leads: Int32Array, rows: Float64Array): void {
  const hour = view.day / 24;
  const moments = rankMoments(view, origin);
  for (let k = 0; k < leads.length; k++) {
    const lead = leads[k];
    const far = Math.round(NEAREST * Math.min(1, lead / (FAR_HOURS * hour)));
    const carried = Math.exp(-lead / (MEMORY_HOURS * hour));
    let found = collect(view, origin, lead, carried, nearKeys.take(0), moments, 0, NEAREST - far);
    found = collect(view, origin, lead, carried, farKeys.take(0), moments, found, NEAREST);
    if (found === 0) follower[found++] = usualAt(view, view.profile, origin + lead, origin);
    insertionSort(follower, found);
    for (let j = 0; j < SPREAD_LEVELS.length; j++) {
      const position = ((found - 1 + 2 * TAIL) * SPREAD_LEVELS[j] - TAIL) / Math.max(1, found - 1);
      rows[j * leads.length + k] = fromWorking(view.scale, quantileSorted(follower, found, Math.max(0, Math.min(1, position))));
    }
  }
}

/** Fills the two rankings, nearest first; returns how many moments there are. A key holds distance and place. */
function rankMoments(view: CausalView, origin: number): number {
  const { day } = view;
  const near = nearKeys.take(MOST_MOMENTS);
  const far = farKeys.take(MOST_MOMENTS);
  const stride = strideOf(day);
  WINDOWS.forEach((_, w) => (present[w] = windowMean(day, origin, w)));
  let moments = 0;
  for (let at = origin - stride; at >= day && moments < MOST_MOMENTS; at -= stride) {
    let distance = (AGE * (origin - at)) / day;
    for (let w = 0; w < WINDOWS.length; w++) {
      const difference = windowMean(day, at, w) - present[w];
      distance += (difference * difference) / (1 + w);
    }
    const apart = (origin - at) % day;
    const hours = (Math.min(apart, day - apart) / day) * 24;
    near[moments] = keyOf(distance + CLOCK_NEAR * hours, moments);
    far[moments] = keyOf(distance + CLOCK_FAR * hours, moments);
    moments++;
  }
  near.subarray(0, moments).sort();
  far.subarray(0, moments).sort();
  return moments;
}

function strideOf(day: number): number {
  return Math.max(1, Math.round(day / MOMENTS_A_DAY));
}

/** Distance to six decimals above, place below: exact up to a distance of 4 million. */
function keyOf(distance: number, place: number): number {
  return Math.floor(Math.min(distance, 4e6) * 1e6) * 2048 + place;
}

/** Mean over window `w` before and with `at`; 0, the centre of the working scale, where all of it is a gap. */
function windowMean(day: number, at: number, w: number): number {
  const sum = sums.take(0);
  const held = counts.take(0);
  const to = at + 1 - (w === 0 ? 0 : windowEnd(day, w - 1));
  const from = Math.max(0, Math.min(to - 1, at + 1 - windowEnd(day, w)));
  if (to <= from) return 0;
  const samples = held[to] - held[from];
  return samples > 0 ? (sum[to] - sum[from]) / samples : 0;
}

function windowEnd(day: number, w: number): number {
  return Math.max(1, Math.floor((WINDOWS[w] * day) / 24));
}

/** Adds what followed the best-ranked moments `lead` steps on, until `wanted` are found; returns how many there are. */
function collect(
  view: CausalView,
  origin: number,
  lead: number,
  carried: number,
  keys: Float64Array,
  moments: number,
  found: number,
  wanted: number,
): number {
  const { y, profile, fast, day } = view;
  const stride = strideOf(day);
  const usual = usualAt(view, profile, origin + lead, origin);
  const level = fast[origin] + (1 - PROFILE_SHARE) * profile[origin];
  for (let r = 0; r < moments && found < wanted; r++) {
    const at = origin - (1 + (keys[r] % 2048)) * stride;
    const target = at + lead;
    if (target > origin || Number.isNaN(y[target])) continue;
    const moved = PROFILE_SHARE * (usual - usualAt(view, profile, target, at));
    follower[found++] = y[target] + moved + carried * (level - fast[at] - (1 - PROFILE_SHARE) * profile[at]);
  }
  return found;
}

/** Faster than the built-in sort for two dozen values. */
function insertionSort(values: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i];
    let j = i - 1;
    while (j >= 0 && values[j] > value) {
      values[j + 1] = values[j];
      j--;
    }
    values[j + 1] = value;
  }
}
