import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { WatchSettings } from '../configuration/configuration.ts';
import { matchesSeries } from '../prometheus/matcher.ts';
import type { ReadSource } from '../prometheus/remote-read.ts';
import { forecastName } from '../serve/read.ts';
import { keyOf, type Labels } from '../watch/labels.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';

/** The forecasts of a watch as they were issued, one after the other, in a file. */
export interface ForecastLog {
  /** Writes down the forecast that is in force for a series; it can be read from `time` on, Unix seconds. */
  readonly add: (series: WatchedSeries, time: number) => void;
  /** How many bytes of the file there are so far; all of them are in it when it returns. */
  mark(): number;
  close(): void;
}

/**
 * Opens a log at `path`, after the first `mark` bytes of what an earlier one left there. Of the levels that the series hold, those
 * in `wanted` are kept. A record is the length of its JSON head, the head, and 32-bit floats, level by level.
 */
export function openForecastLog(
  path: string,
  { name, step }: Pick<WatchSettings, 'name' | 'step'>,
  held: readonly number[],
  wanted: readonly number[],
  mark: number,
): ForecastLog {
  const file = openSync(path, mark > 0 ? 'r+' : 'w');
  ftruncateSync(file, mark);
  let length = mark;
  const levels = wanted.filter((level) => held.includes(level));
  return {
    add(series, time) {
      // The grid time at hand, too: of it stands what was in force before.
      const first = series.newest;
      const count = Math.max(0, series.forecasts.last - first + 1);
      const rows = levels.map((level) => Float32Array.from({ length: count }, (_, i) => series.expected(first + i, level)));
      const head = Buffer.from(JSON.stringify({ watch: name, labels: series.labels, time, start: first * step, step, levels, count }));
      const size = Buffer.alloc(4);
      size.writeUInt32LE(head.length);
      const bytes = Buffer.concat([size, head, ...rows.map(({ buffer }) => new Uint8Array(buffer))]);
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written, bytes.length - written, length + written);
      length += bytes.length;
    },
    mark() {
      fsyncSync(file);
      return length;
    },
    close: () => closeSync(file),
  };
}

/** Forecasts as they stood at a moment of the past, for remote read. */
export interface PastForecasts extends ReadSource {
  /** From now on answers as at `time`, Unix seconds: nothing that was issued later is seen. */
  standAt(time: number): void;
}

/** One forecast of one series. */
interface Issue {
  readonly time: number;
  readonly start: number;
  readonly rows: readonly Float32Array[];
}

interface LoggedSeries {
  readonly labels: Labels;
  readonly step: number;
  readonly levels: readonly number[];
  /** Ascending in time. */
  readonly issues: Issue[];
}

const headSchema = z.object({
  watch: z.string(),
  labels: z.record(z.string(), z.string()),
  time: z.number(),
  start: z.number(),
  step: z.number(),
  levels: z.array(z.number()),
  count: z.int(),
});

/** Reads logs; `reach` is the longest time in seconds that a sample stands where no newer one follows. Throws an Error for another file. */
export function openPastForecasts(paths: readonly string[], reach: number): PastForecasts {
  const held = new Map<string, LoggedSeries>();
  for (const path of paths) readLog(readFileSync(path), held);
  let now = -Infinity;
  return {
    standAt: (time) => void (now = time),
    *select(matchers, startMs, endMs) {
      for (const { labels, step, levels, issues } of held.values()) {
        for (const [row, level] of levels.entries()) {
          const full = { ...labels, quantile: String(level) };
          if (!matchesSeries(matchers, forecastName, full)) continue;
          const known = issues.slice(0, upTo(issues, now));
          const { times, values } = samplesOf(known, row, step, { start: startMs / 1000, end: endMs / 1000, reach });
          if (times.length > 0) yield { name: forecastName, labels: full, times, values };
        }
      }
    },
  };
}

function readLog(bytes: Buffer, held: Map<string, LoggedSeries>): void {
  for (let at = 0; at < bytes.length;) {
    const body = at + 4 + bytes.readUInt32LE(at);
    const { watch, labels: own, time, start, step, levels, count } = headSchema.parse(JSON.parse(bytes.toString('utf8', at + 4, body)));
    const labels = { ...own, watch };
    const key = keyOf(labels);
    const series: LoggedSeries = held.get(key) ?? { labels, step, levels, issues: [] };
    held.set(key, series);
    const rows = levels.map((_, i) => {
      const from = body + i * count * 4;
      // Copied, because a row in the file need not stand on a multiple of four.
      return new Float32Array(Uint8Array.from(bytes.subarray(from, from + count * 4)).buffer);
    });
    series.issues.push({ time, start, rows });
    at = body + levels.length * count * 4;
  }
}

/** How many of the issues were there at `time`. */
function upTo(issues: readonly Issue[], time: number): number {
  let low = 0;
  for (let high = issues.length; low < high;) {
    const middle = (low + high) >> 1;
    if (issues[middle].time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As the sidecar serves them: grid values, and what lies between them where the step is wider than a sample stands. */
function samplesOf(
  issues: readonly Issue[],
  row: number,
  step: number,
  { start, end, reach }: { readonly start: number; readonly end: number; readonly reach: number },
): { readonly times: Float64Array; readonly values: Float64Array } {
  const parts = Math.ceil(step / reach);
  const times: number[] = [];
  const values: number[] = [];
  for (let time = Math.floor(start / step) * step; time <= end; time += step) {
    const value = valueAt(issues, row, step, time);
    if (Number.isNaN(value)) continue;
    const next = parts > 1 ? valueAt(issues, row, step, time + step) : value;
    for (let part = 0; part < parts && !Number.isNaN(next); part++) {
      times.push(time + Math.round((part * step) / parts));
      values.push(value + ((next - value) * part) / parts);
    }
  }
  return { times: Float64Array.from(times), values: Float64Array.from(values) };
}

/** What the newest of the issues that speaks of a time says. */
function valueAt(issues: readonly Issue[], row: number, step: number, time: number): number {
  let i = issues.length - 1;
  while (i >= 0 && issues[i].start > time) i--;
  return issues[i]?.rows[row][Math.round((time - issues[i].start) / step)] ?? NaN;
}
