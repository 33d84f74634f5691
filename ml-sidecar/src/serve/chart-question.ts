import { parseDuration, DURATION_WISH } from '@presage/service/duration.ts';
import type { ChartQuestion } from './chart.ts';

/** Series of one chart answer unless asked for fewer or more, and at most. */
const usualSeries = 12;
const mostSeries = 60;

/**
 * Reads `past` (a duration, a day unless told), `series` (how many at most) and `label.NAME=VALUE` of a chart's query string.
 * A text says what is wrong with it.
 */
export function readChartQuestion(query: Readonly<Record<string, unknown>>): ChartQuestion | string {
  const labels: Record<string, string> = {};
  let past = 86_400;
  let most = usualSeries;
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string') return `${name}: got it more than once, want it once`;
    if (name.startsWith('label.')) labels[name.slice('label.'.length)] = value;
    else if (name === 'past') {
      const seconds = parseDuration(value);
      if (seconds === undefined || seconds <= 0) return `past: got ${JSON.stringify(value)}, want ${DURATION_WISH}`;
      past = seconds;
    } else if (name === 'series') {
      most = Number(value);
      if (!Number.isInteger(most) || most < 1 || most > mostSeries)
        return `series: got ${JSON.stringify(value)}, want a whole number from 1 to ${mostSeries}`;
    } else return `${name}: got an unknown parameter, want past, series or label.NAME`;
  }
  return { labels, past, most };
}
