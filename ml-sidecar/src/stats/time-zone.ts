/** Offsets change at most this often; every zone in use changes on a quarter of an hour. */
const QUARTER_SECONDS = 900;
/** Offsets kept per zone: a year and some. */
const MOST_KEPT = 40_000;

/**
 * Seconds to add to Unix time for the wall time of an IANA time zone such as Europe/Berlin. Remembers what it has looked up. Throws
 * a RangeError for a zone that is not known.
 */
export function wallOffsetOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const kept = new Map<number, number>();
  return (time) => {
    const quarter = Math.floor(time / QUARTER_SECONDS);
    const held = kept.get(quarter);
    if (held !== undefined) return held;
    if (kept.size >= MOST_KEPT) kept.clear();
    const offset = offsetAt(format, quarter * QUARTER_SECONDS);
    kept.set(quarter, offset);
    return offset;
  };
}

function offsetAt(format: Intl.DateTimeFormat, time: number): number {
  const parts = new Map(format.formatToParts(time * 1000).map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')) / 1000;
  return wall - time;
}
