import type { Verdict } from './detector.ts';

/** A threshold may fall to this share of its own by feedback, and no further. */
const LOWEST = 0.5;
/** A threshold may grow to this multiple of its own by feedback, and no further. */
const HIGHEST = 4;
/** One word of a person moves a threshold by at least this factor. */
const STEP = 1.15;
/** At most so much of what the disputed score was above the threshold is believed at once. */
const LONGEST = 2;

/**
 * The factor on a threshold after a person's `verdict` on an alert that scored `score` under the factor so far. A false alarm
 * raises the threshold above that score, as far as one word may; a true incident lowers it a little. Bounded to [0.5, 4].
 */
export function factorAfter(verdict: Verdict, factor: number, score: number): number {
  const wanted = verdict === 'incident' ? factor / STEP : factor * Math.min(LONGEST, Math.max(STEP, score * 1.05));
  return Math.min(HIGHEST, Math.max(LOWEST, wanted));
}
