import type { PanelModel } from '@grafana/data';
import { ownOptions, type ForecastOptions } from './options.ts';

/** Brings the options of a stored panel to today's form: Grafana's for legend and tooltip stay, ours are checked one by one. */
export function migrate(panel: Pick<PanelModel<ForecastOptions>, 'options'>): Partial<ForecastOptions> {
  return { ...panel.options, ...ownOptions({ ...panel.options }) };
}

/**
 * What a panel keeps when its type changes to this one: legend and tooltip of a time series, its line width and axes. The pairs of
 * "fill below to" that stood for bands are dropped, for the panel finds bands itself.
 */
export function changeFrom(
  panel: Pick<PanelModel<ForecastOptions>, 'fieldConfig'>,
  previousId: string,
  previousOptions: Record<string, unknown>,
): Partial<ForecastOptions> {
  if (previousId !== 'timeseries' && previousId !== 'graph') return {};
  for (const override of panel.fieldConfig.overrides)
    override.properties = override.properties.filter(({ id }) => id !== 'custom.fillBelowTo' && id !== 'custom.fillOpacity');
  panel.fieldConfig.overrides = panel.fieldConfig.overrides.filter((override) => override.properties.length > 0);
  const options: unknown = previousId === 'timeseries' ? previousOptions : previousOptions['angular'];
  return isRecord(options) ? pick(options, ['legend', 'tooltip']) : {};
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Partial<ForecastOptions> {
  return Object.fromEntries(names.filter((name) => isRecord(from[name])).map((name) => [name, from[name]]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
