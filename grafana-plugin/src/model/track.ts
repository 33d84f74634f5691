/** One line over time: ascending times in milliseconds and as many values, a gap is NaN. Nothing in it is infinite. */
export interface Track {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** What had to be mended to make a track, in samples. */
export interface Faults {
  readonly infinite: number;
  readonly outOfOrder: number;
  readonly duplicate: number;
}

type Numbers = ArrayLike<number | null | undefined>;

/**
 * Turns the times (ms) and values of a data frame into a track: drops samples without a time, orders them, keeps the last of
 * several at one time, makes a gap of every value that is not finite (one Infinity would blank the whole plot), and opens a gap
 * where two samples lie more than 1.5 `interval` (ms) apart.
 */
export function toTrack(times: Numbers, values: Numbers, interval?: number): { track: Track; faults: Faults } {
  if (isPlain(times, interval)) return plainTrack(times, values);
  const order = ascending(times);
  const outTimes: number[] = [];
  const outValues: number[] = [];
  let infinite = 0;
  let duplicate = 0;
  for (const index of order.indexes) {
    const time = Number(times[index]);
    const raw = values[index] ?? NaN;
    if (raw === Infinity || raw === -Infinity) infinite++;
    const value = Number.isFinite(raw) ? raw : NaN;
    const last = outTimes.length - 1;
    if (last >= 0 && time === outTimes[last]) {
      duplicate++;
      outValues[last] = value;
      continue;
    }
    if (last >= 0 && interval !== undefined && interval > 0 && time - outTimes[last]! > interval * 1.5) {
      outTimes.push(outTimes[last]! + interval);
      outValues.push(NaN);
    }
    outTimes.push(time);
    outValues.push(value);
  }
  return {
    track: { times: Float64Array.from(outTimes), values: Float64Array.from(outValues) },
    faults: { infinite, outOfOrder: order.outOfOrder, duplicate },
  };
}

/** Whether times rise strictly and without a hole, so that nothing of them needs mending. */
function isPlain(times: Numbers, interval: number | undefined): boolean {
  const most = interval !== undefined && interval > 0 ? interval * 1.5 : Infinity;
  for (let index = 0; index < times.length; index++) {
    const time = times[index];
    if (typeof time !== 'number' || !Number.isFinite(time)) return false;
    if (index > 0 && !(time > times[index - 1]! && time - times[index - 1]! <= most)) return false;
  }
  return true;
}

function plainTrack(times: Numbers, values: Numbers): { track: Track; faults: Faults } {
  const track = { times: new Float64Array(times.length), values: new Float64Array(times.length) };
  let infinite = 0;
  for (let index = 0; index < times.length; index++) {
    const value = values[index];
    track.times[index] = times[index]!;
    track.values[index] = typeof value === 'number' && Number.isFinite(value) ? value : NaN;
    if (value === Infinity || value === -Infinity) infinite++;
  }
  return { track, faults: { infinite, outOfOrder: 0, duplicate: 0 } };
}

/** The part of a track from `from` to `to` (ms, both within). Shares its memory. */
export function clip(track: Track, from: number, to: number): Track {
  const start = firstAtOrAfter(track.times, from);
  const end = firstAfter(track.times, to);
  return { times: track.times.subarray(start, end), values: track.values.subarray(start, end) };
}

/** One track after the other; `second` begins after `first` ends. */
export function concat(first: Track, second: Track): Track {
  if (first.times.length === 0) return second;
  if (second.times.length === 0) return first;
  const times = new Float64Array(first.times.length + second.times.length);
  const values = new Float64Array(times.length);
  times.set(first.times);
  times.set(second.times, first.times.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return { times, values };
}

/** Index of the first time at or after `time`, the length when there is none. */
export function firstAtOrAfter(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first time after `time`, the length when there is none. */
export function firstAfter(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value of a track at the sample nearest to `time` and no farther than `within` (ms); NaN where there is none. */
export function valueNear(track: Track, time: number, within: number): number {
  const after = firstAtOrAfter(track.times, time);
  const gapAfter = after < track.times.length ? track.times[after]! - time : Infinity;
  const gapBefore = after > 0 ? time - track.times[after - 1]! : Infinity;
  const index = gapAfter <= gapBefore ? after : after - 1;
  return Math.min(gapAfter, gapBefore) <= within ? track.values[index]! : NaN;
}

/** The value of a track at `time`, on the straight line between its neighbours; NaN outside the track and in a gap. */
export function valueAt(track: Track, time: number): number {
  const after = firstAtOrAfter(track.times, time);
  if (after === track.times.length) return NaN;
  if (track.times[after] === time) return track.values[after]!;
  if (after === 0) return NaN;
  const share = (time - track.times[after - 1]!) / (track.times[after]! - track.times[after - 1]!);
  return track.values[after - 1]! + share * (track.values[after]! - track.values[after - 1]!);
}

/** Index of the last sample with a value, −1 when there is none. */
export function lastValid(track: Track): number {
  let index = track.values.length - 1;
  while (index >= 0 && Number.isNaN(track.values[index])) index--;
  return index;
}

/** The indexes of the samples that have a time, by time; equal times keep their order. */
function ascending(times: Numbers): { indexes: number[]; outOfOrder: number } {
  const indexes: number[] = [];
  let outOfOrder = 0;
  let last = -Infinity;
  for (let index = 0; index < times.length; index++) {
    const time = times[index];
    if (typeof time !== 'number' || !Number.isFinite(time)) continue;
    if (time < last) outOfOrder++;
    else last = time;
    indexes.push(index);
  }
  if (outOfOrder > 0) indexes.sort((a, b) => Number(times[a]) - Number(times[b]) || a - b);
  return { indexes, outOfOrder };
}
