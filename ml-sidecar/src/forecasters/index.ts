import { arima } from './arima.ts';
import { auto } from './auto.ts';
import { analogs } from './analogs.ts';
import { cycle } from './cycle.ts';
import { dayProfileForecaster } from './day-profile.ts';
import { drift } from './drift.ts';
import type { Forecaster } from './forecaster.ts';
import { holtWinters } from './holt-winters.ts';
import { lastValue } from './last-value.ts';
import { inLocalTime } from './local-time.ts';
import { lstm } from './lstm.ts';
import { prophet } from './prophet.ts';
import { ridge } from './ridge.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

/** Every built-in forecaster. Listed means tested: `forecaster.laws.test.ts` runs over all of them. */
export const forecasters: readonly Forecaster[] = [
  inLocalTime(auto),
  seasonalNaive,
  cycle,
  lastValue,
  drift,
  inLocalTime(theta),
  inLocalTime(holtWinters),
  dayProfileForecaster,
  inLocalTime(ridge),
  inLocalTime(analogs),
  inLocalTime(arima),
  inLocalTime(prophet),
  lstm,
];
