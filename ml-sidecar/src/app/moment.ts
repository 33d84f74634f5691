import { UsageError } from '@presage/service/command-line.ts';
import { parseDuration } from '@presage/service/duration.ts';

/** A moment as people write it: Unix seconds, a date, `now`, or a span before now. Throws a UsageError that names the flag. */
export function momentOf(flag: string, text: string, now: number): number {
  if (text === 'now') return now;
  const span = text.startsWith('-') ? parseDuration(text.slice(1)) : undefined;
  if (span !== undefined) return now - span;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!Number.isFinite(seconds))
    throw new UsageError(`${flag}: got ${JSON.stringify(text)}, want a date, Unix seconds, now, or a span such as -14d`);
  return seconds;
}
