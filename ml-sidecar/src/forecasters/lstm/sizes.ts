/** Steps of a window and numbers known at each. */
export const STEPS = 48;
export const INPUTS = 4;
/** Leads forecast and numbers known about each. */
export const LEADS = 24;
export const EXTRAS = 5;
/** Floats of a window: inputs by step, extras by lead, and the target of each lead, NaN where it is not known. */
export const WINDOW = STEPS * INPUTS + LEADS * EXTRAS + LEADS;
/** Floats of an answer: for each lead the spread levels and one unused. */
export const ANSWER = LEADS * 8;
