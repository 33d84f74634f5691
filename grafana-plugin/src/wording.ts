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
