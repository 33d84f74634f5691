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
