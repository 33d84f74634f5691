const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds of each unit, in the order in which Prometheus wants them written. A year is 365 days, as there. */
const UNITS = [
  { unit: 'y', milliseconds: 31_536_000_000, onlyWhole: true },
  { unit: 'w', milliseconds: 604_800_000, onlyWhole: true },
  { unit: 'd', milliseconds: 86_400_000, onlyWhole: false },
  { unit: 'h', milliseconds: 3_600_000, onlyWhole: false },
  { unit: 'm', milliseconds: 60_000, onlyWhole: false },
  { unit: 's', milliseconds: 1000, onlyWhole: false },
  { unit: 'ms', milliseconds: 1, onlyWhole: false },
] as const;

/** Go's int64 nanoseconds end here (about 292 years), and so does every duration that Prometheus can hold. */
const LONGEST_SECONDS = (2 ** 63 - 1) / 1e9;

/** What a duration looks like, for error messages. */
export const DURATION_WISH = 'a duration such as 90s, 1h30m or 14d';

/**
 * Seconds of a duration in Prometheus' syntax: "1m30s", "14d", "250ms", "0". Units from large to small, each once, whole
 * numbers (prometheus/common, model.ParseDuration). Gives undefined for anything else; callers know the place and word the error.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = PATTERN.exec(text);
  if (match === null || text === '') return undefined;
  let milliseconds = 0;
  UNITS.forEach((unit, index) => {
    milliseconds += Number(match[index + 1] ?? 0) * unit.milliseconds;
  });
  const seconds = milliseconds / 1000;
  return seconds > LONGEST_SECONDS ? undefined : seconds;
}

/**
 * A duration as Prometheus prints it: 90 → "1m30s", 1209600 → "2w", 864000 → "10d". Finer than a millisecond is rounded.
 * Throws RangeError for negative or non-finite seconds, which the syntax cannot say.
 */
export function formatDuration(seconds: number): string {
  if (!(seconds >= 0 && Number.isFinite(seconds))) throw new RangeError(`got ${seconds} s, want a finite duration of 0 or more`);
  let left = Math.round(seconds * 1000);
  if (left === 0) return '0s';
  let text = '';
  for (const { unit, milliseconds, onlyWhole } of UNITS) {
    if (left < milliseconds || (onlyWhole && left % milliseconds !== 0)) continue;
    text += `${Math.floor(left / milliseconds)}${unit}`;
    left %= milliseconds;
  }
  return text;
}

const GO_UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** What a duration of Go's syntax looks like, for error messages. */
export const GO_DURATION_WISH = 'a duration such as 5s, 1.5s or 1m30s';

/**
 * Seconds of a duration in the syntax of Go's time.ParseDuration: "1.5s", "1h30m", "250us", "0", with a sign. The files of
 * blackbox_exporter and of the exporter toolkit are written in it. Undefined for anything else.
 */
export function parseGoDuration(text: string): number | undefined {
  const body = /^[+-]?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|\u03bcs|ms|s|m|h))+|0)$/.exec(text)?.[1];
  if (body === undefined) return undefined;
  let seconds = 0;
  for (const [, number, unit] of body.matchAll(/([\d.]+)([a-zµ\u03bc]+)/g)) seconds += Number(number) * GO_UNITS[unit];
  return Math.abs(seconds) > LONGEST_SECONDS ? undefined : text.startsWith('-') ? -seconds : seconds;
}
