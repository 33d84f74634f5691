const day = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A time (ms) as short as it can be told from `near`: the clock on the same day, with weekday and date on another. */
export function clockText(time: number, near: number): string {
  return day.format(time) === day.format(near) ? clock.format(time) : `${date.format(time)} ${clock.format(time)}`;
}

/** Date and time (ms), to the second where `fine`. */
export function timeText(time: number, fine: boolean): string {
  return `${day.format(time)} ${(fine ? seconds : clock).format(time)}`;
}

/** A span in seconds as people say it: "40 s", "25 min", "3 h 10 min", "2 d 4 h". */
export function spanText(span: number): string {
  const minutes = Math.round(span / 60);
  if (span < 90) return `${Math.round(span)} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return joined(Math.floor(minutes / 1440), 'd', Math.round((minutes % 1440) / 60), 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
