import type { Series } from '../stats/series.ts';
import { copyLearnable } from '../stats/learnable.ts';
import { DAY_SECONDS } from '../stats/seasons.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Workspace } from '../stats/workspace.ts';
import { toWorking, workingScaleOf } from '../stats/working-scale.ts';
import type { WorkingScale } from '../stats/working-scale.ts';

/**
 * What could be known of a series at each of its times, in one pass: at index i all of it comes from samples before i, or up to
 * and with i where it says "now". So one view serves the fit, the forecast and every backtest, and none can see its future.
 * The profile arrays reach one day past the end. Lives in shared memory until the next `causalViewOf`.
 */
export interface CausalView {
  readonly scale: WorkingScale;
  readonly count: number;
  readonly day: number;
  /** Values on the working scale; NaN for gaps. */
  readonly y: Float64Array;
  /** What is usual at this time of the day, from earlier days. */
  readonly profile: Float64Array;
  /** Mean absolute deviation from the profile around this time of the day, from earlier days. */
  readonly roughness: Float64Array;
  /** Now: how far the value lies from its profile; the fast mean where there is a gap. */
  readonly deviation: Float64Array;
  /** Now: running means of the deviation over about 20 minutes, 3 hours and a day. */
  readonly fast: Float64Array;
  readonly middle: Float64Array;
  readonly slow: Float64Array;
  /** Now: running means of the absolute deviation over about 3 hours and a day. */
  readonly unrest: Float64Array;
  readonly slowUnrest: Float64Array;
}

const HOUR = 3600;
const FAST = HOUR / 3;
const MIDDLE = 3 * HOUR;
const SLOW = 24 * HOUR;
/** Share that a new day takes in the profile, once there are more than six. */
const NEW_DAY = 0.15;
/** Deviations are clipped at this many times their running size before they are learnt. */
const CLIP = 6;

const arrays = [
  'known',
  'y',
  'raw',
  'rawRoughness',
  'profile',
  'roughness',
  'deviation',
  'fast',
  'middle',
  'slow',
  'unrest',
  'slowUnrest',
] as const;
const memory: Record<string, Workspace> = Object.fromEntries(arrays.map((name) => [name, createWorkspace()]));
const slots = { usual: createWorkspace(), rough: createWorkspace(), seen: createWorkspace() };

/** Looks at `series` in order of time. `day`: samples a day. At least one sample must be usable. */
export function causalViewOf(series: Series, day: number): CausalView {
  const count = series.values.length;
  const known = memory.known.take(count);
  copyLearnable(series, known);
  const scale = workingScaleOf(known, count);
  const reach = count + day;
  const take = (name: (typeof arrays)[number]): Float64Array => memory[name].take(reach);
  const y = take('y');
  for (let i = 0; i < count; i++) y[i] = Number.isNaN(known[i]) ? NaN : toWorking(scale, known[i]);
  y.fill(NaN, count, reach);
  const view = {
    scale,
    count,
    day,
    y,
    profile: take('profile'),
    roughness: take('roughness'),
    deviation: take('deviation'),
    fast: take('fast'),
    middle: take('middle'),
    slow: take('slow'),
    unrest: take('unrest'),
    slowUnrest: take('slowUnrest'),
  };
  const first = Math.round((((series.start % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / series.step) % day;
  runThrough(view, series.step, first, take('raw'), take('rawRoughness'));
  slidingMean(take('raw'), reach, day >= 144 ? 1 : 0, view.profile);
  slidingMean(take('rawRoughness'), reach, Math.max(1, Math.round(day / 48)), view.roughness);
  for (let i = 0; i < count; i++) view.deviation[i] = Number.isNaN(y[i]) ? view.fast[i] : y[i] - view.profile[i];
  return view;
}

/** The one pass: predicts each sample from what came before, then learns it. */
function runThrough(view: CausalView, step: number, first: number, profile: Float64Array, roughness: Float64Array): void {
  const { y, count, day, fast, middle, slow, unrest, slowUnrest } = view;
  const usual = slots.usual.take(day).fill(0, 0, day);
  const rough = slots.rough.take(day).fill(0, 0, day);
  const seen = slots.seen.take(day).fill(0, 0, day);
  const [a, b, c] = [FAST, MIDDLE, SLOW].map((seconds) => 1 - Math.exp(-step / seconds));
  let f = 0;
  let m = 0;
  let s = 0;
  let u = 0;
  let w = 0;
  let level = 0;
  let size = 1;
  for (let i = 0, slot = first; i < count + day; i++, slot = slot + 1 === day ? 0 : slot + 1) {
    const before = seen[slot];
    const expected = before > 0 ? usual[slot] : level;
    profile[i] = expected;
    roughness[i] = before > 0 ? rough[slot] : size;
    const value = y[i];
    if (!Number.isNaN(value)) {
      const limit = CLIP * Math.max(0.05, size);
      const whole = value - expected;
      const part = Math.max(-limit, Math.min(limit, whole));
      f += a * (part - f);
      m += b * (part - m);
      s += c * (part - s);
      u += b * (Math.abs(part) - u);
      w += c * (Math.abs(part) - w);
      level += c * (value - level);
      size += 0.3 * c * (Math.abs(whole) - size);
      const share = Math.max(1 / (before + 1), NEW_DAY);
      usual[slot] = before > 0 ? expected + share * (before > 1 ? part : whole) : value;
      rough[slot] += share * (Math.abs(part) - rough[slot]);
      seen[slot] = before + 1;
    }
    fast[i] = f;
    middle[i] = m;
    slow[i] = s;
    unrest[i] = u;
    slowUnrest[i] = w;
  }
}

/** Mean over `reach` neighbours on both sides, as far as there are any. */
function slidingMean(values: Float64Array, length: number, reach: number, into: Float64Array): void {
  if (reach === 0) {
    into.set(values.subarray(0, length));
    return;
  }
  let sum = 0;
  let held = 0;
  for (let i = -reach; i < length; i++) {
    if (i + reach < length) {
      sum += values[i + reach];
      held++;
    }
    if (i - reach - 1 >= 0) {
      sum -= values[i - reach - 1];
      held--;
    }
    if (i >= 0) into[i] = sum / held;
  }
}
