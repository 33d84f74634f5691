import { dateTimeFormat, formattedValueToString, type Field, type TimeZone } from '@grafana/data';

/** Writes a value as its field is shown everywhere else in Grafana; "no value" for a gap. */
export function valueText(field: Field, value: number): string {
  if (Number.isNaN(value)) return 'no value';
  return field.display ? formattedValueToString(field.display(value)) : String(value);
}

/** A time as short as it can be told from `near`: the clock on the same day, with the date on another. Times in ms. */
export function clockText(time: number, near: number, timeZone: TimeZone): string {
  const day = (at: number): string => dateTimeFormat(at, { format: 'YYYY-MM-DD', timeZone });
  return dateTimeFormat(time, { format: day(time) === day(near) ? 'HH:mm' : 'D MMM HH:mm', timeZone });
}

/** The full date and time. */
export function timeText(time: number, timeZone: TimeZone): string {
  return dateTimeFormat(time, { format: 'YYYY-MM-DD HH:mm:ss', timeZone });
}

/** How far a time lies from now: "in 3 h 10 min", "20 min ago", "now". Times in ms. */
export function distanceText(time: number, now: number): string {
  const seconds = Math.round(Math.abs(time - now) / 1000);
  if (seconds < 30) return 'now';
  const minutes = Math.round(seconds / 60);
  const text =
    seconds < 90
      ? `${seconds} s`
      : minutes < 60
        ? `${minutes} min`
        : minutes < 48 * 60
          ? joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
          : joined(Math.floor(minutes / 1440), 'd', Math.floor((minutes % 1440) / 60), 'h');
  return time > now ? `in ${text}` : `${text} ago`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
