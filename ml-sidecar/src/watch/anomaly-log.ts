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
export const mostRemembered = 64;
/** Anomalous values no further apart than this many seconds or steps are one anomaly. */
const mergeSeconds = 300;
const mergeSteps = 2;

/** Takes an anomalous value into `log`, which is in order of time. `step` in seconds. */
export function noteAnomaly(log: LoggedAnomaly[], { time, value, score, direction, expected }: AnomalousValue, step: number): void {
  const last = log.at(-1);
  const known = expected ? { expected } : {};
  if (last === undefined || time - last.end > Math.max(mergeSeconds, mergeSteps * step)) {
    log.push({ start: time, end: time, peak: score, peakTime: time, value, direction, ...known });
    if (log.length > mostRemembered) log.shift();
    return;
  }
  last.end = Math.max(last.end, time);
  if (score > last.peak) Object.assign(last, { peak: score, peakTime: time, value, direction }, known);
}

/** The anomaly that a time (Unix seconds) falls into, or near to which it is; nothing where none is near. */
export function anomalyAt(log: readonly LoggedAnomaly[], time: number, step: number): LoggedAnomaly | undefined {
  const slack = Math.max(mergeSeconds, mergeSteps * step);
  return log.findLast(({ start, end }) => time >= start - slack && time <= end + slack);
}

/** Notes a person's word on an anomaly. False where the same was said before, so that it must not count twice. */
export function judge(anomaly: LoggedAnomaly, verdict: Verdict): boolean {
  if (anomaly.verdict === verdict) return false;
  anomaly.verdict = verdict;
  return true;
}
