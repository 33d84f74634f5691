import { SPREAD_LEVELS } from '../stats/spread.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { anchorsUpTo, learnSpread } from './horizon-spread.ts';
import type { HorizonSpread } from './horizon-spread.ts';

/** One way to smooth a series: for each index the level and drift known then, and the season that was expected of it. */
export interface Smoothing {
  readonly level: Float64Array;
  /** Change of level a step; absent: none. */
  readonly drift?: Float64Array;
  /** Season of each index as known a day before; reaches a day past the end. */
  readonly season: Float64Array;
}

/** How far the drift has carried the level after `lead` steps: `damping` = 1 lets it run on, less lets it fade. */
export function carriedDrift(damping: number, lead: number): number {
  return damping === 1 ? lead : (damping * (1 - damping ** lead)) / (1 - damping);
}

/** The best smoothing and the spread of its errors, lead by lead. */
export interface LevelPath extends HorizonSpread {
  /** Centre of the forecast without its season, at each anchor. */
  readonly centres: Float64Array;
  /** Index of the smoothing chosen at each anchor. */
  readonly choices: readonly number[];
}

const MOST_ERRORS = 220;
const errors = createWorkspace();
const best = createWorkspace();

/**
 * Chooses for each of some leads up to `farthest` the smoothing with the least mean absolute error over origins past `warmUp`,
 * and keeps the spread of these errors. All errors are of true forecasts: origin first, target later.
 */
export function learnLevelPath(
  values: Float64Array,
  count: number,
  smoothings: readonly Smoothing[],
  options: { readonly farthest: number; readonly warmUp: number; readonly damping: number; readonly inflation: number },
): LevelPath {
  const anchors = anchorsUpTo(options.farthest);
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  const centres = new Float64Array(anchors.length);
  const choices: number[] = [];
  let kept = best.take(MOST_ERRORS + 1);
  let trial = errors.take(MOST_ERRORS + 1);
  anchors.forEach((lead, a) => {
    const carried = carriedDrift(options.damping, lead);
    let least = Infinity;
    let choice = 0;
    let keptCount = 0;
    smoothings.forEach((smoothing, s) => {
      const { found, mean } = collectErrors(values, count, smoothing, lead, carried, options.warmUp, trial);
      if (found > 0 && mean < least) {
        least = mean;
        choice = s;
        keptCount = found;
        [kept, trial] = [trial, kept];
      }
    });
    learnSpread(kept, keptCount, spreads, a, options.inflation, false);
    choices.push(choice);
    centres[a] = smoothings[choice].level[count - 1] + carried * (smoothings[choice].drift?.[count - 1] ?? 0);
  });
  return { anchors, spreads, centres, choices, growth: 0.5 };
}

/** Errors at up to `MOST_ERRORS` evenly spaced origins, newest first. */
function collectErrors(
  values: Float64Array,
  count: number,
  smoothing: Smoothing,
  lead: number,
  carried: number,
  warmUp: number,
  into: Float64Array,
): { found: number; mean: number } {
  const { level, drift, season } = smoothing;
  const stride = Math.max(1, Math.ceil((count - warmUp - lead) / MOST_ERRORS));
  let found = 0;
  let sum = 0;
  for (let target = count - 1; target - lead >= warmUp && found < MOST_ERRORS; target -= stride) {
    const origin = target - lead;
    const error = values[target] - level[origin] - season[target] - (drift ? carried * drift[origin] : 0);
    if (Number.isNaN(error)) continue;
    into[found++] = error;
    sum += Math.abs(error);
  }
  return { found, mean: sum / found };
}

/** Centre at `lead`, without the season: linear between the anchors, level past the last. */
export function centreAt(path: LevelPath, lead: number): number {
  const { anchors, centres } = path;
  const last = anchors.length - 1;
  if (lead >= anchors[last]) return centres[last];
  let below = 0;
  while (anchors[below + 1] <= lead) below++;
  return centres[below] + ((lead - anchors[below]) / (anchors[below + 1] - anchors[below])) * (centres[below + 1] - centres[below]);
}
