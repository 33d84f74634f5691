import type { Band } from './bands.ts';
import { bandName } from './bands.ts';
import { clip, lastValid, valueAt, type Track } from './track.ts';

/** Where a value hurts. `value` is null when only the time to it is known. */
export interface Limit {
  readonly name: string;
  readonly side: 'above' | 'below';
  readonly value: number | null;
  readonly color: string;
}

/** When a limit is passed: by the median, and between which times with the chance `share`. Times in ms, null = not in sight. */
export interface Breach {
  readonly limit: Limit;
  readonly passed: boolean;
  readonly median: number | null;
  readonly share: number | null;
  readonly from: number | null;
  readonly to: number | null;
}

/** What a time-to-limit gauge said last: its level, when (ms), and the seconds to go (Infinity = not within the horizon). */
export interface TimeToLimit {
  readonly limit: string;
  readonly level: number;
  readonly time: number;
  readonly seconds: number;
}

/** The breach that the forecast draws: where median and edges of the widest band first pass the limit after `now` (ms). */
export function breachOfForecast(limit: Limit, actual: Track, median: Track, bands: readonly Band[], now: number): Breach | null {
  if (limit.value === null) return null;
  const value = limit.value;
  const past = (sample: number): boolean => (limit.side === 'above' ? sample > value : sample < value);
  const last = lastValid(clip(actual, -Infinity, now));
  if (last >= 0 && past(actual.values[last]!)) return { limit, passed: true, median: null, share: null, from: null, to: null };
  const crossing = (track: Track): number | null => firstCrossing(track, value, past, now);
  const widest = bands[0];
  const lower = widest ? crossing({ times: widest.times, values: widest.lower }) : null;
  const upper = widest ? crossing({ times: widest.times, values: widest.upper }) : null;
  const [from, to] = limit.side === 'above' ? [upper, lower] : [lower, upper];
  const middle = crossing(median);
  if (middle === null && from === null) return null;
  return { limit, passed: false, median: middle, share: widest?.share ?? null, from, to };
}

/** The breach that gauges of the time to one limit tell; null when none is in sight. The earliest and latest level make the band. */
export function breachOfGauges(limit: Limit, gauges: readonly TimeToLimit[]): Breach | null {
  const sorted = [...gauges].sort((a, b) => a.level - b.level);
  const at = (gauge: TimeToLimit | undefined): number | null =>
    gauge !== undefined && Number.isFinite(gauge.seconds) ? gauge.time + gauge.seconds * 1000 : null;
  const middle = sorted.find((gauge) => gauge.level === 0.5);
  const [first, last] = [sorted[0], sorted.at(-1)];
  const [median, from] = [at(middle), at(first)];
  if (median === null && from === null) return null;
  const passed = (middle ?? first!).seconds <= 0;
  const isBand = first !== last && first !== undefined && last !== undefined;
  const share = isBand ? Math.round((last.level - first.level) * 1e4) / 1e4 : null;
  return { limit, passed, median, share, from: isBand ? from : null, to: isBand ? at(last) : null };
}

/** The time that a reader should act on: the earliest of the band, else the median; −Infinity once the limit is passed. */
export function urgency(breach: Breach): number {
  return breach.passed ? -Infinity : (breach.from ?? breach.median ?? Infinity);
}

/** A breach in words: "limit 95 %: about 16:20 (95 % between 14:10 and 17:40)". `clock` writes a time in ms. */
export function breachWords(breach: Breach, clock: (time: number) => string): string {
  const name = breach.limit.name;
  if (breach.passed) return `${name}: passed already`;
  const median = breach.median === null ? null : `about ${clock(breach.median)}`;
  const share = breach.share === null ? 'expected' : bandName({ share: breach.share });
  if (breach.from === null) return `${name}: ${median ?? 'not in sight'}`;
  const span = breach.to === null ? `not before ${clock(breach.from)}` : `between ${clock(breach.from)} and ${clock(breach.to)}`;
  const band = breach.to === null ? `${share}: ${span}` : `${share} ${span}`;
  return median === null ? `${name}: possible, ${band}` : `${name}: ${median} (${band})`;
}

/** When a track first passes the limit after `now`, on the straight line between its samples. */
function firstCrossing(track: Track, limit: number, past: (sample: number) => boolean, now: number): number | null {
  const future = clip(track, now, Infinity);
  let before = { time: now, value: valueAt(track, now) };
  for (let index = 0; index < future.times.length; index++) {
    const [time, value] = [future.times[index]!, future.values[index]!];
    if (past(value)) {
      const rise = value - before.value;
      if (Number.isNaN(before.value) || rise === 0 || past(before.value)) return time;
      return before.time + ((limit - before.value) / rise) * (time - before.time);
    }
    before = { time, value };
  }
  return null;
}
