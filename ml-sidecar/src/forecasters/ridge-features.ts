import type { CausalView } from './causal-view.ts';

/** One, four things known at the origin, four things known about the target. */
export const FEATURES = 9;

/** Past deviations are clipped here, in spreads of the series. */
const FARTHEST_NOW = 20;
const FARTHEST_PAST = 8;

/** Index of the newest sample not after `origin` that lies whole seasons before `target`. */
export function seasonsBefore(target: number, origin: number, season: number): number {
  return target <= origin ? target : target - Math.ceil((target - origin) / season) * season;
}

/** What is usual at `target`, from days before the one after `origin`. */
export function usualAt(view: CausalView, values: Float64Array, target: number, origin: number): number {
  const ahead = target - origin;
  return values[ahead <= view.day ? target : seasonsBefore(target, origin + view.day, view.day)];
}

/** Writes what is known at `origin` into `columns[1..5)[place]`. */
export function writeOriginFeatures(view: CausalView, origin: number, columns: readonly Float64Array[], place: number): void {
  columns[1][place] = clip(view.deviation[origin], FARTHEST_NOW);
  columns[2][place] = view.fast[origin];
  columns[3][place] = view.middle[origin];
  columns[4][place] = view.slow[origin];
}

/**
 * Writes what is known at `origin` about `target` into `columns[0][place]` and `columns[5..9)[place]`: a one, yesterday's and
 * last week's distance from the profile, the profile itself, and yesterday's distance over the minutes around.
 */
export function writeTargetFeatures(
  view: CausalView,
  target: number,
  origin: number,
  columns: readonly Float64Array[],
  place: number,
): void {
  const { y, day } = view;
  const usual = usualAt(view, view.profile, target, origin);
  const yesterday = seasonsBefore(target, origin, day);
  const reach = Math.max(1, Math.round(day / 96));
  let sum = 0;
  let held = 0;
  for (let i = Math.max(0, yesterday - reach); i <= Math.min(origin, yesterday + reach); i++) {
    if (Number.isNaN(y[i])) continue;
    sum += y[i];
    held++;
  }
  columns[0][place] = 1;
  columns[5][place] = distance(y, yesterday, usual);
  columns[6][place] = distance(y, seasonsBefore(target, origin, 7 * day), usual);
  columns[7][place] = usual;
  columns[8][place] = held > 0 ? clip(sum / held - usual, FARTHEST_PAST) : 0;
}

/** 0 for a gap and before the beginning. */
function distance(y: Float64Array, i: number, usual: number): number {
  if (i < 0 || Number.isNaN(y[i])) return 0;
  return clip(y[i] - usual, FARTHEST_PAST);
}

function clip(value: number, farthest: number): number {
  return Math.max(-farthest, Math.min(farthest, value));
}
