import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { createWorkspace } from '../stats/workspace.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { anchorsUpTo, learnSpread, spreadAround } from './horizon-spread.ts';

/**
 * Tomorrow is as now: the last known value, with the spread of past changes over the same lead, widening as a random walk past
 * the leads that the history can show. The right model of a random walk and the humblest of all; it knows no season and no
 * trend. What the seasonal models fall back to before they have seen a season.
 */
export const lastValue: Forecaster = {
  name: 'last-value',
  minSamples: 10,
  equivariant: { scale: true, shift: true },
  fit: fitLastValue,
};

/** Changes taken per lead: more would not sharpen a quantile that is read off at 2.5 %. */
const MOST_CHANGES = 200;

const known = createWorkspace();
const changes = createWorkspace();

function fitLastValue(series: Series, horizon?: number): FittedForecaster {
  const { day } = seasonsOf(series.step);
  const horizonSteps = horizon ?? Math.max(1, day);
  const n = series.values.length;
  const values = known.take(n);
  requireSamples('last-value', copyLearnable(series, values), lastValue.minSamples);
  let end = n - 1;
  while (Number.isNaN(values[end])) end--;
  let first = 0;
  while (Number.isNaN(values[first])) first++;
  const level = values[end];
  const silence = n - 1 - end;
  const span = end - first + 1;
  const anchors = anchorsUpTo(Math.max(1, Math.min(horizonSteps, Math.floor(span / 3))));
  const spreads = new Float64Array(anchors.length * SPREAD_LEVELS.length);
  let learnt = 0;
  for (const lead of anchors) {
    // A gap before the origin makes every lead longer.
    const count = collectChanges(values, first, n, Math.min(lead + silence, span >> 1));
    if (count < 5 && learnt > 0) break;
    learnSpread(changes.take(0), count, spreads, learnt, 1 + (2 * lead) / span, true);
    learnt++;
  }
  const spread = { anchors: anchors.slice(0, learnt), spreads, growth: 0.5 };
  const start = originOf(series) + series.step;
  const { step } = series;
  return { forecast: (steps, levels) => spreadAround({ start, step, levels }, new Float64Array(steps).fill(level), spread) };
}

/** Gathers values[i] − values[i − lead] at up to `MOST_CHANGES` evenly spaced places; returns how many were known. */
function collectChanges(values: Float64Array, first: number, n: number, lead: number): number {
  const into = changes.take(2 * MOST_CHANGES);
  const stride = Math.max(1, Math.floor((n - first - lead) / MOST_CHANGES));
  let count = 0;
  for (let i = n - 1; i - lead >= first && count < into.length; i -= stride) {
    const change = values[i] - values[i - lead];
    if (!Number.isNaN(change)) into[count++] = change;
  }
  return count;
}
