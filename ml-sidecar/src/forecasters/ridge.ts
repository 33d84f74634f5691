import type { Series } from '../stats/series.ts';
import { originOf } from '../stats/series.ts';
import { copyLearnable, requireSamples } from '../stats/learnable.ts';
import { seasonsOf } from '../stats/seasons.ts';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { fromWorking } from '../stats/working-scale.ts';
import { createWorkspace } from '../stats/workspace.ts';
import { causalViewOf } from './causal-view.ts';
import type { CausalView } from './causal-view.ts';
import { dayProfileForecaster } from './day-profile.ts';
import type { Forecaster, FittedForecaster } from './forecaster.ts';
import { alongPath } from './path.ts';
import { expectedError, learnRidge, SCALES } from './ridge-fit.ts';
import type { RidgeFit } from './ridge-fit.ts';
import { FEATURES, usualAt, writeOriginFeatures, writeTargetFeatures } from './ridge-features.ts';

/**
 * A regression for each lead, straight from what is known now to the value then: the profile of the day, how far the series lies
 * from it (now, over minutes, hours, a day), and what yesterday and last week were at that time. Robust (least absolute
 * deviations by reweighting), drawn to the profile where data are few. A second regression gives the expected size of the error,
 * so that bands are wide at restless times and narrow at calm ones. Works on a logarithm where values are never negative. Fails
 * where the past of the series does not repeat at all, and reacts to a new shape of the day only within some days. Before three
 * days of history it is `day-profile`.
 */
export const ridge: Forecaster = {
  name: 'ridge',
  minSamples: dayProfileForecaster.minSamples,
  equivariant: { scale: true, shift: false },
  fit: fitRidge,
};

const known = createWorkspace();
const features = Array.from({ length: FEATURES }, () => new Float64Array(1));

function fitRidge(series: Series, horizonSteps?: number): FittedForecaster {
  const { step } = series;
  const samples = copyLearnable(series, known.take(series.values.length));
  requireSamples('ridge', samples, ridge.minSamples);
  const { day } = seasonsOf(step);
  if (day === 0 || samples < 3 * day) return dayProfileForecaster.fit(series, horizonSteps);
  const steps = horizonSteps ?? day;
  const view = causalViewOf(series, day);
  const rows = new Float64Array(SPREAD_LEVELS.length * steps);
  const leads = Int32Array.from({ length: steps }, (_, h) => h + 1);
  writeRidge(view, learnRidge(view, view.count, steps), view.count - 1, leads, rows);
  return alongPath({ start: originOf(series) + step, step, steps, rows, day });
}

/** Writes the spread levels for each of `leads` (ascending) after `origin`: `rows[level * leads.length + k]`. */
export function writeRidge(view: CausalView, fit: RidgeFit, origin: number, leads: Int32Array, rows: Float64Array): void {
  const last = fit.leads.length - 1;
  const unrest = view.unrest[origin];
  const slowUnrest = view.slowUnrest[origin];
  writeOriginFeatures(view, origin, features, 0);
  for (let k = 0, below = 0; k < leads.length; k++) {
    const lead = leads[k];
    while (below < last && fit.leads[below + 1] <= lead) below++;
    const above = Math.min(last, below + 1);
    const share = above > below ? Math.log(lead / fit.leads[below]) / Math.log(fit.leads[above] / fit.leads[below]) : 0;
    const target = origin + lead;
    writeTargetFeatures(view, target, origin, features, 0);
    const roughness = usualAt(view, view.roughness, target, origin);
    const from = expectedError(fit.scale, below * SCALES, roughness, unrest, slowUnrest);
    const to = expectedError(fit.scale, above * SCALES, roughness, unrest, slowUnrest);
    const location = features[7][0] + (1 - share) * dot(fit.location, below) + share * dot(fit.location, above);
    for (let j = 0; j < SPREAD_LEVELS.length; j++) {
      const away = (1 - share) * from * fit.shape[below * 7 + j] + share * to * fit.shape[above * 7 + j];
      rows[j * leads.length + k] = fromWorking(view.scale, location + away);
    }
  }
}

function dot(location: Float64Array, lead: number): number {
  let sum = 0;
  for (let i = 0; i < FEATURES; i++) sum += location[lead * FEATURES + i] * features[i][0];
  return sum;
}
