import type { GaugeSettings, WatchSettings } from '../configuration/configuration.ts';
import { autoDetector } from '../detectors/auto.ts';
import { detectorNamed } from '../detectors/index.ts';
import { forecasters } from '../forecasters/index.ts';
import { seasonalNaive } from '../forecasters/seasonal-naive.ts';
import { servedLevels } from '../serve/read.ts';
import { wallOffsetOf } from '../stats/time-zone.ts';
import type { Holidays } from '../stats/series.ts';
import type { FitTerms } from '../fits/fit-job.ts';
import type { SeriesShape } from '../watch/watched-series.ts';
import { liveSourceOf } from './live-source.ts';

/** Steps ahead at which every watch is held to account, seconds; those beyond its horizon fall away. */
const auditedLeads: readonly number[] = [3600, 6 * 3600, 86_400];

/** What the settings of a watch mean for each of its series; `holidays` as read from its calendar file. Throws a RangeError for a model that is not listed. */
export function shapeOf(settings: WatchSettings, gauges: GaugeSettings, holidays?: Holidays): SeriesShape {
  const listed = forecasters.find(({ name }) => name === settings.forecaster);
  const shared = listed?.forWatch?.();
  // A name that the configuration took and that is not listed is a plug-in's: it only needs to say how many samples a fit wants.
  const forecaster = shared ?? listed ?? seasonalNaive;
  const detector = settings.detector === 'auto' ? autoDetector(settings.detection) : detectorNamed(settings.detector);
  if (!detector) throw new RangeError(`${settings.name}: no model ${settings.forecaster} or ${settings.detector}`);
  const { step, resolution, history, horizon, refit, bounds, timezone } = settings;
  const levels = [...new Set([...servedLevels, ...gauges.quantiles])].sort((a, b) => a - b);
  const leads = auditedLeads.filter((lead) => lead <= horizon && lead >= step).map((lead) => Math.round(lead / step));
  return {
    step,
    ...('why' in liveSourceOf(settings) ? {} : { resolution }),
    bounds,
    forecaster,
    ...(shared ? { shared } : {}),
    ...(listed ? {} : { elsewhere: true }),
    ...(listed && !shared ? { terms: { ...termsOf(settings, levels, holidays), forecaster: listed.name } } : {}),
    detector,
    ...(timezone === undefined || timezone === 'UTC' ? {} : { wallOffset: wallOffsetOf(timezone) }),
    ...(holidays ? { holidays } : {}),
    historySteps: Math.round(history / step),
    horizonSteps: Math.round(horizon / step),
    refitSteps: Math.round(refit / step),
    levels,
    leads: leads.length > 0 ? leads : [Math.round(horizon / step)],
  };
}

/** What the fits of a watch have in common, but for the forecaster. */
function termsOf(settings: WatchSettings, levels: readonly number[], holidays?: Holidays): Omit<FitTerms, 'forecaster'> {
  const { name, step, horizon, refit, bounds, timezone } = settings;
  return {
    watch: name,
    step,
    steps: Math.round(horizon / step) + Math.round(refit / step),
    bounds,
    levels,
    ...(timezone === undefined || timezone === 'UTC' ? {} : { timezone }),
    ...(holidays ? { holidays: [...holidays] } : {}),
  };
}
