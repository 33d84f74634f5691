import type { Unit, Usage } from './usage.ts';

/** What to do with one resource of one host. */
export interface Recommendation {
  readonly host: string;
  readonly watch: string;
  readonly part: string;
  readonly action: 'shrink' | 'grow' | 'keep';
  /** Capacity now and as recommended; absent where only the share is known. */
  readonly capacity?: { readonly now: number; readonly wanted: number; readonly unit: Unit };
  /** Wanted capacity as a multiple of the one now. */
  readonly factor: number;
  /** The highest use that the recommendation allows for, a share of the capacity now. */
  readonly peak: number;
  /** Share of the capacity that is given back; 0 unless it shrinks. */
  readonly saving: number;
  /** Chance that the limit is passed within the horizon; null where no forecast is believed. */
  readonly risk: number | null;
  /** Seconds until the limit is passed by the median; null: not within the horizon, or no forecast. */
  readonly timeToLimit: number | null;
  readonly usage: Usage;
}

/** How recommendations are made. */
export interface RightSizeOptions {
  /** Share of the capacity that the peak shall take. */
  readonly target: number;
  /** A capacity is not changed where it fits within this share of itself. */
  readonly tolerance: number;
}

/** A limit that is this likely to be passed within the horizon asks for more, whatever the peak. */
const LIKELY = 0.5;
const GIBI = 2 ** 30;

/**
 * What size each resource should have, so that its peak takes the target share of it: the higher of what 97.5 % of its history did not
 * pass, the mean of its busiest hour of the week, and what the forecast gives at its level within the horizon.
 */
export function rightSize(usages: readonly Usage[], { target, tolerance }: RightSizeOptions): readonly Recommendation[] {
  return usages.map((usage) => {
    const { history, forecast, host, watch, part, limit } = usage;
    const peak = Math.max(history.usual, history.week?.mean ?? 0, forecast?.peak ?? 0);
    const limitLikely = forecast !== undefined && (forecast.probability >= LIKELY || forecast.timeToLimit < Infinity);
    // Nothing may be recommended that would pass the limit itself.
    const share = Math.min(target, limit.value);
    const exact = peak / share;
    const capacity = usage.capacity && {
      now: usage.capacity.value,
      wanted: whole(exact * usage.capacity.value, usage.capacity.unit),
      unit: usage.capacity.unit,
    };
    const factor = capacity ? capacity.wanted / capacity.now : exact;
    // With less than it has, what is expected to fill up would fill up sooner.
    const action =
      factor > 1 + tolerance || (limitLikely && factor >= 1) ? 'grow' : factor < 1 - tolerance && !limitLikely ? 'shrink' : 'keep';
    const kept = { ...(capacity ? { capacity: { ...capacity, wanted: capacity.now } } : {}), factor: 1 };
    return {
      host,
      watch,
      part,
      action,
      ...(action === 'keep' ? kept : { ...(capacity ? { capacity } : {}), factor }),
      peak,
      saving: action === 'shrink' ? 1 - factor : 0,
      risk: forecast?.probability ?? null,
      timeToLimit: forecast && Number.isFinite(forecast.timeToLimit) ? forecast.timeToLimit : null,
      usage,
    };
  });
}

/** Cores and gibibytes come whole, at least one. */
function whole(value: number, unit: Unit): number {
  const grain = unit === 'bytes' ? GIBI : 1;
  return Math.max(grain, Math.ceil(value / grain - 1e-9) * grain);
}
