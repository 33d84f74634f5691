import { quantileSorted } from '../stats/quantile.ts';

/** How much of a resource one host used, and what is expected of it. Shares are of the capacity. */
export interface Usage {
  readonly host: string;
  readonly watch: string;
  /** What tells it apart from others of the same watch and host: a mount point, a device; may be empty. */
  readonly part: string;
  /** What there is of it, in `unit`; absent where only the share is known. */
  readonly capacity?: { readonly value: number; readonly unit: Unit };
  /** The limit that hurts, a share. */
  readonly limit: { readonly name: string; readonly value: number };
  readonly history: Peaks;
  /** What the forecast says; absent where there is none, or none to be believed. */
  readonly forecast?: Outlook;
  /** Why there is no forecast, in words. */
  readonly noForecast?: string;
}

/** What is counted of a resource. */
export type Unit = 'cores' | 'bytes';

/** What was seen. */
export interface Peaks {
  /** Seconds from the first value to the last. */
  readonly span: number;
  /** Value that 97.5 % of the values did not pass. */
  readonly usual: number;
  readonly highest: number;
  /** Middle of the hour of the week that is highest in the mean, Unix seconds of one such hour; and that mean. Absent below two weeks. */
  readonly week?: { readonly time: number; readonly mean: number };
}

/** What lies ahead. */
export interface Outlook {
  /** Seconds. */
  readonly horizon: number;
  /** Highest value at `level` within the horizon. */
  readonly peak: number;
  readonly level: number;
  /** Seconds until the limit is passed by the median; Infinity: not within the horizon. */
  readonly timeToLimit: number;
  /** Chance that it is passed within the horizon. */
  readonly probability: number;
}

const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;

/** The peaks of values on a grid of `step` seconds that starts at `start`; nothing where there are fewer than a day's. */
export function peaksOf(values: Float64Array, start: number, step: number): Peaks | undefined {
  const finite = values.filter((value) => Number.isFinite(value)).sort();
  const first = values.findIndex((value) => Number.isFinite(value));
  const last = values.findLastIndex((value) => Number.isFinite(value));
  const span = (last - first) * step;
  if (finite.length === 0 || span < 24 * HOUR) return undefined;
  const week = span >= 2 * WEEK - HOUR ? busiestHour(values, start, step) : undefined;
  return {
    span,
    usual: quantileSorted(finite, finite.length, 0.975),
    highest: finite[finite.length - 1],
    ...(week ? { week } : {}),
  };
}

/** The hour of the week with the highest mean; the newest such hour stands for it. */
function busiestHour(values: Float64Array, start: number, step: number): Peaks['week'] {
  const hours = WEEK / HOUR;
  const sums = new Float64Array(hours);
  const counts = new Uint32Array(hours);
  const newest = new Float64Array(hours);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    const time = start + i * step;
    const hour = Math.floor(time / HOUR) % hours;
    sums[hour] += values[i];
    counts[hour]++;
    newest[hour] = Math.floor(time / HOUR) * HOUR + HOUR / 2;
  }
  let best = -1;
  for (let hour = 0; hour < hours; hour++)
    if (counts[hour] > 0 && (best < 0 || sums[hour] / counts[hour] > sums[best] / counts[best])) best = hour;
  return best < 0 ? undefined : { time: newest[best], mean: sums[best] / counts[best] };
}
