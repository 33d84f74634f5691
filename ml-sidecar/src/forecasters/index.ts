import { dayProfileForecaster } from './day-profile.ts';
import { drift } from './drift.ts';
import type { Forecaster } from './forecaster.ts';
import { lastValue } from './last-value.ts';
import { seasonalNaive } from './seasonal-naive.ts';

/** Every built-in forecaster. Listed means tested: `forecaster.laws.test.ts` runs over all of them. */
export const forecasters: readonly Forecaster[] = [seasonalNaive, lastValue, drift, dayProfileForecaster];
