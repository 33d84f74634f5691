export const DAY_SECONDS = 86_400;
export const WEEK_SECONDS = 604_800;

/** Samples in one cycle of each calendar season, rounded to whole samples. */
export interface Seasons {
  /** Samples a day; 0 where a step is too long to tell times of the day apart. */
  readonly day: number;
  /** Samples a week; 0 where a step is too long to tell days apart. */
  readonly week: number;
}

/**
 * The daily and weekly seasons of a series with one sample every `step` seconds: four samples make a day worth its name, two
 * days of distinct samples a week. Throws a RangeError for a step that is no positive number.
 */
export function seasonsOf(step: number): Seasons {
  if (!(step > 0) || !Number.isFinite(step)) throw new RangeError(`step: got ${step}, want a positive number of seconds`);
  const day = Math.round(DAY_SECONDS / step);
  return { day: day >= 4 ? day : 0, week: step <= DAY_SECONDS ? Math.round(WEEK_SECONDS / step) : 0 };
}
