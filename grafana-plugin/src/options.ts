import type { AxisConfig, HideableFieldConfig, OptionsWithLegend, OptionsWithTooltip } from '@grafana/schema';
import type { RoleChoice } from './model/roles.ts';

/** The panel's own options beside Grafana's for legend and tooltip. */
export interface ForecastOptions extends OptionsWithLegend, OptionsWithTooltip {
  /** Shares of the bands to draw, in percent. */
  bands: number[];
  /** Whether bands and median show before now too, so that a reader sees how well the forecast went. */
  showPast: boolean;
  showNow: boolean;
  showAnomalies: boolean;
  /** Scores above this are anomalous. */
  anomalyThreshold: number;
  /** Whether the field's thresholds are drawn as limits and searched for the time the forecast passes them. */
  showLimits: boolean;
  limitSide: 'above' | 'below';
  /** Whether the time a limit is passed stands above the chart in words. */
  showHeadline: boolean;
  layout: 'overlay' | 'multiples';
}

/** What a field override can set. */
export interface ForecastFieldConfig extends AxisConfig, HideableFieldConfig {
  role?: RoleChoice;
  lineWidth?: number;
}

/** The panel's own options as they are when nobody chose. */
export const defaults: OwnOptions = {
  bands: [50, 80, 95],
  showPast: true,
  showNow: true,
  showAnomalies: true,
  anomalyThreshold: 1,
  showLimits: true,
  limitSide: 'above',
  showHeadline: true,
  layout: 'overlay',
};

/** The options that are the panel's alone. */
export type OwnOptions = Omit<ForecastOptions, keyof OptionsWithLegend | keyof OptionsWithTooltip>;

/**
 * The panel's own options out of stored JSON of any age or hand: a value of the wrong kind gives way to its default, bands given
 * as shares (0.95) or words ("95") are understood.
 */
export function ownOptions(stored: Readonly<Record<string, unknown>>): OwnOptions {
  const flag = (name: keyof OwnOptions, byDefault: boolean): boolean => {
    const value = stored[name];
    return typeof value === 'boolean' ? value : byDefault;
  };
  const threshold = Number(stored['anomalyThreshold'] ?? NaN);
  return {
    bands: bandsFrom(stored['bands']),
    showPast: flag('showPast', defaults.showPast),
    showNow: flag('showNow', defaults.showNow),
    showAnomalies: flag('showAnomalies', defaults.showAnomalies),
    anomalyThreshold: Number.isFinite(threshold) && threshold >= 0 ? threshold : defaults.anomalyThreshold,
    showLimits: flag('showLimits', defaults.showLimits),
    limitSide: stored['limitSide'] === 'below' ? 'below' : 'above',
    showHeadline: flag('showHeadline', defaults.showHeadline),
    layout: stored['layout'] === 'multiples' ? 'multiples' : 'overlay',
  };
}

function bandsFrom(stored: unknown): number[] {
  if (!Array.isArray(stored)) return [...defaults.bands];
  const percents = stored.map(Number).filter((share) => share > 0 && share < 100);
  return percents.map((share) => (share < 1 ? Math.round(share * 1000) / 10 : share));
}
