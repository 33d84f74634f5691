import type { Series } from '../stats/series.ts';
import { copyLearnable, plausible } from '../stats/learnable.ts';
import { rampOf } from '../stats/ramp.ts';
import type { Ramp } from '../stats/ramp.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { daySlot } from '../stats/wall-clock.ts';
import { isWeekend, kindProfiles } from '../stats/weekend.ts';
import { normalQuantile } from '../stats/normal.ts';
import { createWorkspace } from '../stats/workspace.ts';

const known = createWorkspace();

/** A ramp is not looked for over more days than these. */
const LONGEST_DAYS = 3;

/**
 * Where the series ends in a ramp that its past has never shown (a leak, a disk that fills), replaces the quantiles in `rows` by
 * those of a ramp that goes on: models that learn from the past would call it back to where it usually is. How long it goes on is
 * anyone's guess; that of J. R. Gott (Nature 363, 1993) is that what has lasted w goes on for another u with probability
 * w / (w + u). Its square root is taken here, because what is so straight, so steep and so far out has more often a cause that
 * stays. So in the median it goes on for three times as long as it has lasted, and one in ten ends within a quarter. Returns
 * the ramp, null where there is none. `rows[level * steps + h]`; `profile`: that of the series' day; without one,
 * and before two days, nothing is done.
 */
export function followRamp(series: Series, profile: Float64Array | null, steps: number, rows: Float64Array): Ramp | null {
  const count = series.values.length;
  const values = known.take(count);
  const samples = copyLearnable(series, values);
  if (profile === null || samples < 2 * profile.length) return null;
  const day = profile.length;
  // A leak that begins on a Friday is hidden by the calm of the weekend from whoever expects a weekday.
  const { weekday, weekend } = kindProfiles(series, values, profile, Math.max(0, count - LONGEST_DAYS * day));
  const usualAt = (i: number): number => (isWeekend(series, i) ? weekend : weekday)[daySlot(series, i, day)];
  // What is new looks anomalous at first: the newest values count whole.
  for (let i = Math.max(0, count - LONGEST_DAYS * day); i < count; i++) values[i] = plausible(series.values[i]);
  for (let i = 0; i < count; i++) values[i] -= usualAt(i);
  const ramp = rampOf(values, count, Math.max(day, Math.min(LONGEST_DAYS * day, count >> 1)));
  if (ramp === null) return null;
  const rising = ramp.slope > 0;
  SPREAD_LEVELS.forEach((level, l) => {
    const ended = rising ? level : 1 - level;
    const lasts = ramp.length * (1 / (1 - ended) ** 2 - 1);
    const spread = ramp.noise * normalQuantile(level);
    for (let h = 1; h <= steps; h++) {
      rows[l * steps + h - 1] = usualAt(count - 1 + h) + ramp.level + ramp.slope * Math.min(h, lasts) + spread;
    }
  });
  return ramp;
}
