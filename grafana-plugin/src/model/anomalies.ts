import type { Band } from './bands.ts';
import { firstAtOrAfter, valueNear, type Track } from './track.ts';

/** A run of anomalous samples: its span and its peak (ms), the score there (null where only a direction is known), the value. */
export interface Anomaly {
  readonly from: number;
  readonly to: number;
  readonly time: number;
  readonly score: number | null;
  readonly direction: 1 | -1 | 0;
  readonly value: number;
}

/** What says that a sample was anomalous: scores, directions (1 above, −1 below), or a band that marks by itself. */
export interface Evidence {
  readonly score?: Track;
  readonly direction?: Track;
  readonly band?: Band;
}

/**
 * Gathers anomalous samples into runs, each with its peak. A sample is anomalous when its score is above `threshold`; without
 * scores, when its direction is not 0; without both, when it lies outside `band`. A run without a value at its peak is dropped,
 * for there is nowhere to draw it.
 */
export function anomaliesOf(actual: Track, evidence: Evidence, threshold: number): Anomaly[] {
  const { score, direction } = evidence;
  const marked = score ?? direction ?? (evidence.band && outside(actual, evidence.band));
  if (marked === undefined) return [];
  const step = typicalStep(marked.times);
  const directionAt = (time: number): number => (direction ? valueNear(direction, time, step / 2) : score ? 0 : valueNear(marked, time, 0));
  const found: Anomaly[] = [];
  for (const [start, end] of runs(marked, score ? (value) => value > threshold : (value) => value !== 0)) {
    let peak = start;
    for (let index = start; index <= end; index++) if (Math.abs(marked.values[index]!) > Math.abs(marked.values[peak]!)) peak = index;
    const time = marked.times[peak]!;
    const value = valueNear(actual, time, step);
    if (Number.isNaN(value)) continue;
    const sign = Math.sign(directionAt(time));
    found.push({
      from: marked.times[start]!,
      to: marked.times[end]!,
      time,
      score: score ? marked.values[peak]! : null,
      direction: sign === 1 ? 1 : sign === -1 ? -1 : 0,
      value,
    });
  }
  return found;
}

/** The median distance of neighbouring times in ms, 0 for fewer than two. */
export function typicalStep(times: Float64Array): number {
  if (times.length < 2) return 0;
  const known = stepOf.get(times);
  if (known !== undefined) return known;
  const steps = times.subarray(1, 257).map((time, index) => time - times[index]!);
  const step = steps.sort()[steps.length >> 1]!;
  stepOf.set(times, step);
  return step;
}

/** The cursor asks for the step of every series each time it moves. */
const stepOf = new WeakMap<Float64Array, number>();

/** First and last index of every stretch of samples that `anomalous` holds for. */
function* runs(track: Track, anomalous: (value: number) => boolean): Generator<[number, number]> {
  let start = -1;
  for (let index = 0; index <= track.values.length; index++) {
    const value = index < track.values.length ? track.values[index]! : NaN;
    const marks = !Number.isNaN(value) && anomalous(value);
    if (marks && start < 0) start = index;
    if (!marks && start >= 0) {
      yield [start, index - 1];
      start = -1;
    }
  }
}

/** 1 where the actual lies above the band, −1 below, 0 inside or where the band has nothing to say. */
function outside(actual: Track, band: Band): Track {
  const within = typicalStep(band.times) / 2;
  const values = actual.values.map((value, index) => {
    const time = actual.times[index]!;
    const at = firstAtOrAfter(band.times, time - within);
    if (at === band.times.length || band.times[at]! > time + within) return 0;
    return value > band.upper[at]! ? 1 : value < band.lower[at]! ? -1 : 0;
  });
  return { times: actual.times, values };
}
