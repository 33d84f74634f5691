import { z } from 'zod';
import type { Verdict } from '../detectors/detector.ts';

const expectationSchema = z.object({ value: z.number(), spread: z.number(), level: z.number(), season: z.number() });

/** A stretch of time in which one series scored above 1. Times in Unix seconds, values in the unit of the series. */
export const anomalySchema = z.object({
  start: z.number(),
  end: z.number(),
  /** Highest score, when it was, the value that had it, and 1 where that was above what was expected, −1 below. */
  peak: z.number(),
  peakTime: z.number(),
  value: z.number(),
  direction: z.number(),
  /** What was expected then; absent where the detector does not say. */
  expected: expectationSchema.optional(),
  /** What a person said of it. */
  verdict: z.enum(['false-alarm', 'incident']).optional(),
});

export type LoggedAnomaly = z.output<typeof anomalySchema>;

/** What is noted of one anomalous value. */
export interface AnomalousValue {
  readonly time: number;
  readonly value: number;
  readonly score: number;
  readonly direction: number;
  readonly expected?: LoggedAnomaly['expected'] | undefined;
}

/** Anomalies remembered of one series; older ones are forgotten. */
const mostRemembered = 64;
/** Anomalous values no further apart than this many seconds or steps are one anomaly. */
const mergeSeconds = 300;
const mergeSteps = 2;

/** Numbers of one anomaly, in this order; the four of what was expected are NaN where the detector does not say. */
const start = 0;
const end = 1;
const peak = 2;
const peakTime = 3;
const peakValue = 4;
const side = 5;
const expectation = 6;
const said = 10;
const width = 11;
/** Words of a person as numbers; 0 for none. */
const verdicts = [undefined, 'false-alarm', 'incident'] as const;

/** Anomalies of one series in order of time, as numbers in one array that is no longer than it must be: 50,000 series have many. */
export class AnomalyLog {
  #numbers: number[] = [];

  /** Takes in an anomalous value that is not older than the last one. `step` in seconds. */
  note({ time, value, score, direction, expected }: AnomalousValue, step: number): void {
    const last = this.#numbers.length - width;
    if (last < 0 || time - this.#numbers[last + end] > slackOf(step)) {
      this.#append({ start: time, end: time, peak: score, peakTime: time, value, direction, expected });
      return;
    }
    this.#numbers[last + end] = Math.max(this.#numbers[last + end], time);
    if (score > this.#numbers[last + peak]) this.#setPeak(last, { peak: score, peakTime: time, value, direction, expected });
  }

  /** Those that end at or after `since`, Unix seconds. */
  since(since = -Infinity): readonly LoggedAnomaly[] {
    const found: LoggedAnomaly[] = [];
    for (let at = 0; at < this.#numbers.length; at += width) if (this.#numbers[at + end] >= since) found.push(this.#read(at));
    return found;
  }

  /**
   * Notes a person's word on the newest one that a time (Unix seconds) falls into, or near to which it is; nothing where none is near.
   * Not `changed` is what was said before, so that it must not count twice.
   */
  judge(time: number, step: number, verdict: Verdict): { readonly anomaly: LoggedAnomaly; readonly changed: boolean } | undefined {
    const at = this.#near(time, step);
    if (at < 0) return undefined;
    const word = verdicts.indexOf(verdict);
    const changed = this.#numbers[at + said] !== word;
    this.#numbers[at + said] = word;
    return { anomaly: this.#read(at), changed };
  }

  /** Adds what was kept of anomalies, in order of time. */
  restore(anomalies: readonly LoggedAnomaly[]): void {
    for (const anomaly of anomalies) this.#append(anomaly);
  }

  #near(time: number, step: number): number {
    const slack = slackOf(step);
    for (let at = this.#numbers.length - width; at >= 0; at -= width) {
      if (time >= this.#numbers[at + start] - slack && time <= this.#numbers[at + end] + slack) return at;
    }
    return -1;
  }

  #append(one: LoggedAnomaly): void {
    const full = this.#numbers.length === mostRemembered * width;
    const before = full ? this.#numbers.slice(width) : this.#numbers;
    // `concat` leaves no room for more behind, as `push` does.
    this.#numbers = before.concat([one.start, one.end, ...peakOf(one), verdicts.indexOf(one.verdict)]);
  }

  #setPeak(at: number, one: Peak): void {
    peakOf(one).forEach((number, i) => (this.#numbers[at + peak + i] = number));
  }

  #read(at: number): LoggedAnomaly {
    const n = this.#numbers;
    const [expected, spread, level, season] = n.slice(at + expectation, at + said);
    const verdict = verdicts[n[at + said]];
    return {
      start: n[at + start],
      end: n[at + end],
      peak: n[at + peak],
      peakTime: n[at + peakTime],
      value: n[at + peakValue],
      direction: n[at + side],
      ...(Number.isNaN(expected) ? {} : { expected: { value: expected, spread, level, season } }),
      ...(verdict === undefined ? {} : { verdict }),
    };
  }
}

type Peak = Pick<LoggedAnomaly, 'peak' | 'peakTime' | 'value' | 'direction' | 'expected'>;

/** The numbers from `peak` to `said`. */
function peakOf({ peak: score, peakTime: time, value, direction, expected }: Peak): readonly number[] {
  const { value: wanted, spread, level, season } = expected ?? { value: NaN, spread: NaN, level: NaN, season: NaN };
  return [score, time, value, direction, wanted, spread, level, season];
}

function slackOf(step: number): number {
  return Math.max(mergeSeconds, mergeSteps * step);
}
