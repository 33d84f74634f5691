import type { Series } from '../stats/series.ts';
import { prefixOf } from '../stats/series.ts';
import { copyLearnable } from '../stats/learnable.ts';
import { dayProfile } from '../stats/profile.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { prepareAnalogs, writeAnalogs } from './analogs.ts';
import type { MemberRows } from './blend.ts';
import { causalViewOf } from './causal-view.ts';
import type { CausalView } from './causal-view.ts';
import { fitDayProfile } from './day-profile.ts';
import { fitCycle } from './cycle.ts';
import { climatology } from './climatology.ts';
import { fitDrift } from './drift.ts';
import type { FittedForecaster } from './forecaster.ts';
import { lastValue } from './last-value.ts';
import { learnRidge } from './ridge-fit.ts';
import { writeRidge } from './ridge.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { fitTheta } from './theta.ts';

/**
 * The models that `auto` blends, and what each weighs before it has been compared on a series. The rules of thumb weigh nothing:
 * they join where they win. A median of few, different, robust models is hard to beat by choosing among more.
 */
export const MEMBERS = [
  { name: 'analogs', prior: 2 },
  { name: 'ridge', prior: 1 },
  { name: 'day-profile', prior: 1 },
  { name: 'theta', prior: 1 },
  { name: 'last-value', prior: 0 },
  { name: 'seasonal-naive', prior: 0 },
  { name: 'drift', prior: 0 },
  { name: 'climatology', prior: 0 },
  { name: 'cycle', prior: 0 },
] as const;

const memory = createWorkspace();
const known = createWorkspace();

/** What the members share while one series is fitted. */
export interface MemberContext {
  readonly series: Series;
  readonly horizonSteps: number;
  readonly day: number;
  /** Null below three days of samples: the direct models then have nothing to go on and repeat `day-profile`. */
  readonly view: CausalView | null;
}

/** Looks at `series` once for all members and origins. Shared memory: valid until the next call. */
export function memberContext(series: Series, samples: number, horizonSteps: number): MemberContext {
  const { day } = seasonsOf(series.step);
  const view = day > 0 && samples >= 3 * day ? causalViewOf(series, day) : null;
  if (view) prepareAnalogs(view);
  return { series, horizonSteps, day, view };
}

/** Whether a model is asked: at a comparison all are, otherwise those that weigh something. */
export type Wanted = (member: number) => boolean;

/**
 * Lets each wanted member forecast the ascending `leads` from index `origin`, seeing nothing past it. Rows of others are left as
 * they were. `usual`: the profile of the day, where there is a day. Shared memory: valid until the next call.
 */
export function forecastMembers(
  context: MemberContext,
  origin: number,
  leads: Int32Array,
  wanted: Wanted,
): MemberRows & { readonly usual: Float64Array | null } {
  const { view, horizonSteps } = context;
  const steps = leads.length;
  const size = SPREAD_LEVELS.length * steps;
  const rows = memory.take(MEMBERS.length * size);
  const direct = view !== null && origin + 1 >= 3 * view.day;
  const past = prefixOf(context.series, origin);
  const farthest = leads[steps - 1];
  const simple = fitSimple(past, context, (member) => wanted(member) || (!direct && member === DAY_PROFILE));
  const { usual } = simple;
  simple.fitted.forEach((fitted, member) => {
    const forecast = fitted.forecast(farthest, SPREAD_LEVELS);
    for (let level = 0; level < SPREAD_LEVELS.length; level++) {
      for (let k = 0; k < steps; k++) rows[member * size + level * steps + k] = forecast.rows[level][leads[k] - 1];
    }
  });
  if (!direct) {
    rows.copyWithin(0, DAY_PROFILE * size, (DAY_PROFILE + 1) * size);
    rows.copyWithin(size, DAY_PROFILE * size, (DAY_PROFILE + 1) * size);
    return { members: MEMBERS.length, steps, rows, usual };
  }
  if (wanted(0)) writeAnalogs(view, origin, leads, rows.subarray(0, size));
  if (wanted(1)) writeRidge(view, learnRidge(view, origin + 1, horizonSteps), origin, leads, rows.subarray(size, 2 * size));
  return { members: MEMBERS.length, steps, rows, usual };
}

const DAY_PROFILE = 2;
const THETA = 3;

/** The members that are plain forecasters, fitted; two of them share the profile of the day, `usual`. */
function fitSimple(
  past: Series,
  { day, horizonSteps }: MemberContext,
  wanted: Wanted,
): { readonly fitted: Map<number, FittedForecaster>; readonly usual: Float64Array | null } {
  const fitted = new Map<number, FittedForecaster>();
  const values = known.take(past.values.length);
  const samples = copyLearnable(past, values);
  const usual = day > 0 && samples >= 1.5 * day ? dayProfile(past, values, day, Math.round(day / 240)) : null;
  if (wanted(DAY_PROFILE)) fitted.set(DAY_PROFILE, fitDayProfile(past, horizonSteps, usual));
  if (wanted(THETA)) fitted.set(THETA, fitTheta(past, horizonSteps, usual));
  if (wanted(4)) fitted.set(4, lastValue.fit(past, horizonSteps));
  if (wanted(5)) fitted.set(5, seasonalNaive.fit(past, horizonSteps));
  if (wanted(6)) fitted.set(6, fitDrift(past, horizonSteps, fitted.get(4)));
  if (wanted(7)) fitted.set(7, climatology.fit(past));
  if (wanted(8)) fitted.set(8, fitCycle(past, horizonSteps, usual, fitted.get(4)));
  return { fitted, usual };
}
