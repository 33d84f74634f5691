import { orderStep } from '../path.ts';
import { SPREAD_LEVELS } from '../../stats/spread.ts';
import { fromWorking } from '../../stats/working-scale.ts';
import type { CausalView } from '../causal-view.ts';
import { seasonsBefore, usualAt } from '../ridge-features.ts';
import { EXTRAS, INPUTS, LEADS, STEPS, WINDOW } from './sizes.ts';

/** Where the steps and leads of a window lie on the grid of a series. */
export interface Layout {
  /** Samples a day. */
  readonly day: number;
  /** Samples in each of the older steps: about an hour; the newest steps are a sample each. */
  readonly width: number;
  /** Samples looked back over. */
  readonly reach: number;
  /** Leads in samples, ascending from 1: close at first, up to a day, or one after the other where a day has fewer. */
  readonly leads: Int32Array;
}

/** Steps of a window that are single samples. */
const FINE = 12;
/** Oldest steps of a window, more than a day back. */
export const OLD = 12;
/** Inputs, extras and targets are clipped here, in mean absolute deviations of the last day. */
const FARTHEST_INPUT = 10;
const FARTHEST_TARGET = 30;
/** Samples looked at for the standing. */
const MOST_SAMPLES = 288;
/** Least deviation of a day, in spreads of the series: what never moved may still move. */
const LEAST_SCALE = 0.05;

/** Layout of the windows of a series with `day` samples a day. */
export function layoutOf(day: number): Layout {
  const width = Math.max(1, Math.round(day / 24));
  const farthest = Math.max(LEADS, day);
  const leads = Int32Array.from({ length: LEADS }, (_, k) => Math.max(k + 1, Math.round(farthest ** (k / (LEADS - 1)))));
  return { day, width, reach: FINE + (STEPS - FINE) * width, leads };
}

/** Where a series lies at an origin: how far from what was usual over the last day, and how far it strays from there. */
export interface Standing {
  readonly level: number;
  /** Mean absolute deviation; positive. */
  readonly scale: number;
}

/**
 * Writes the window that ends at `origin` into `into[at..at + WINDOW)`, seeing nothing later but in the targets; returns the standing
 * by which it is normalised. `origin` must have the layout's reach and a day before it.
 */
export function writeWindow(view: CausalView, layout: Layout, origin: number, into: Float32Array, at: number): Standing {
  const standing = standingAt(view, layout, origin);
  const { level, scale } = standing;
  const now = view.profile[origin];
  let place = at;
  for (let step = 0, from = origin + 1 - layout.reach; step < STEPS; step++) {
    const width = step < STEPS - FINE ? layout.width : 1;
    let sum = 0;
    let size = 0;
    let usual = 0;
    for (let i = from; i < from + width; i++) {
      sum += view.deviation[i] - level;
      size += Math.abs(view.deviation[i] - level);
      usual += view.profile[i];
    }
    from += width;
    into[place++] = clip(sum / width / scale, FARTHEST_INPUT);
    into[place++] = clip(size / width / scale, FARTHEST_INPUT);
    into[place++] = clip((usual / width - now) / scale, FARTHEST_INPUT);
    into[place++] = width === 1 ? 1 : 0;
  }
  for (let k = 0; k < LEADS; k++) writeLead(view, layout, origin, k, standing, into, at);
  return standing;
}

/** The last day against what is usual at the same times of the next, which is what the forecast will be added to. */
function standingAt({ y, profile }: CausalView, { day }: Layout, origin: number): Standing {
  const stride = Math.max(1, Math.round(day / MOST_SAMPLES));
  let level = 0;
  let held = 0;
  for (let i = origin; i > origin - day; i -= stride) {
    if (Number.isNaN(y[i])) continue;
    level += y[i] - profile[i + day];
    held++;
  }
  if (held === 0) return { level: 0, scale: 1 };
  level /= held;
  let size = 0;
  for (let i = origin; i > origin - day; i -= stride) if (!Number.isNaN(y[i])) size += Math.abs(y[i] - profile[i + day] - level);
  return { level, scale: Math.max(LEAST_SCALE, size / held) };
}

function writeLead(
  view: CausalView,
  { day, width, leads }: Layout,
  origin: number,
  k: number,
  { level, scale }: Standing,
  into: Float32Array,
  at: number,
): void {
  const target = origin + leads[k];
  const usual = usualAt(view, view.profile, target, origin) + level;
  const around = Math.max(0, Math.round(width / 3));
  const extras = at + STEPS * INPUTS + EXTRAS * k;
  into[extras] = clip(meanAround(view, seasonsBefore(target, origin, day), around, origin, usual) / scale, FARTHEST_INPUT);
  into[extras + 1] = clip(meanAround(view, seasonsBefore(target, origin, 7 * day), around, origin, usual) / scale, FARTHEST_INPUT);
  into[extras + 2] = clip(usualAt(view, view.roughness, target, origin) / scale, FARTHEST_INPUT);
  into[extras + 3] = clip((usual - level - view.profile[origin]) / scale, FARTHEST_INPUT);
  into[extras + 4] = clip(level / scale, FARTHEST_INPUT);
  const value = target < view.count ? view.y[target] : NaN;
  into[at + WINDOW - LEADS + k] = clip((value - usual) / scale, FARTHEST_TARGET);
}

/**
 * Makes a window as it were had the level of its series changed for good by `by` deviations after its first `steps` steps, a day ago:
 * what was before, and last week, lies off by that much, and nothing else is different.
 */
export function shiftLevel(windows: Float32Array, at: number, steps: number, by: number): void {
  for (let place = at; place < at + steps * INPUTS; place += INPUTS) {
    windows[place] = clip(windows[place] - by, FARTHEST_INPUT);
    windows[place + 1] = clip(windows[place + 1] + Math.abs(by), FARTHEST_INPUT);
  }
  for (let place = at + STEPS * INPUTS; place < at + WINDOW - LEADS; place += EXTRAS) {
    windows[place + 1] = clip(windows[place + 1] - by, FARTHEST_INPUT);
    windows[place + 4] = clip(windows[place + 4] + by, FARTHEST_INPUT);
  }
}

/** Mean distance from `usual` of the samples around `middle` and not after `origin`; 0 where there is none. */
function meanAround(view: CausalView, middle: number, around: number, origin: number, usual: number): number {
  let sum = 0;
  let held = 0;
  for (let i = Math.max(0, middle - around); i <= Math.min(origin, middle + around); i++) {
    if (Number.isNaN(view.y[i])) continue;
    sum += view.y[i];
    held++;
  }
  return held > 0 ? sum / held - usual : 0;
}

/**
 * Turns what the network said of the window that ends at `origin` into the unit of the series, for every step up to the farthest
 * lead: `rows[level * steps + h]`. Between two leads quantiles are interpolated over the logarithm of the lead.
 */
export function writeRows(
  view: CausalView,
  layout: Layout,
  origin: number,
  { level, scale }: Standing,
  answer: Float32Array,
  rows: Float64Array,
): void {
  const { leads } = layout;
  const steps = leads[LEADS - 1];
  for (let h = 0, below = 0; h < steps; h++) {
    while (below < LEADS - 2 && leads[below + 1] <= h + 1) below++;
    const share = Math.log((h + 1) / leads[below]) / Math.log(leads[below + 1] / leads[below]);
    const usual = usualAt(view, view.profile, origin + h + 1, origin);
    for (let q = 0; q < SPREAD_LEVELS.length; q++) {
      const away = (1 - share) * answer[8 * below + q] + share * answer[8 * below + 8 + q];
      rows[q * steps + h] = fromWorking(view.scale, usual + level + scale * away);
    }
    orderStep(rows, steps, h);
  }
}

function clip(value: number, farthest: number): number {
  return Math.max(-farthest, Math.min(farthest, value));
}
