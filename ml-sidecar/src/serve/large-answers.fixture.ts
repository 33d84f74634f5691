import type { WatchSettings } from '../configuration/configuration.ts';
import { autoDefaults } from '../detectors/auto-plan.ts';

/** An hourly watch with a limit. */
export const testSettings: WatchSettings = {
  name: 'load',
  expr: 'load',
  step: 3600,
  resolution: 3600,
  live: false,
  history: 60 * 3600,
  horizon: 86_400,
  refit: 6 * 3600,
  delay: 0,
  bounds: [-Infinity, Infinity],
  limits: [{ name: 'full', side: 'above', value: 100 }],
  forecaster: 'seasonal-naive',
  detector: 'robust-zscore',
  detection: autoDefaults,
  seriesLimit: 10,
};

/** What it means for its series, but for the models. */
export const testShape = {
  step: 3600,
  historySteps: 60,
  horizonSteps: 24,
  refitSteps: 6,
  bounds: [-Infinity, Infinity],
  levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  leads: [1, 6, 24],
} as const;
