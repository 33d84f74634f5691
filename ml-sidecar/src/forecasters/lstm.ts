import type { Forecaster } from './forecaster.ts';
import { createShared } from './lstm/shared.ts';
import { seasonalNaive } from './seasonal-naive.ts';

/**
 * One recurrent network for all series of a watch (a "global" model: Salinas et al. 2020, Montero-Manso & Hyndman 2021): an LSTM
 * reads the last day and a half, the newest minutes sample by sample, as deviations from what is usual at that time of the day, and
 * gives quantiles of the deviation at 24 leads up to a day. Learns a bounded number of windows at each poll, for ever. Good where
 * many series behave alike and each has too little history of its own; fails where it has seen nothing alike, and before three
 * days of history or its first thousand steps of learning it is `seasonal-naive`.
 */
export const lstm: Forecaster = {
  name: 'lstm',
  minSamples: seasonalNaive.minSamples,
  equivariant: { scale: true, shift: false },
  fit: (series, horizonSteps) => seasonalNaive.fit(series, horizonSteps),
  forWatch: createShared,
};
