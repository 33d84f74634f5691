import type { PanelModel } from './model/readModel.ts';

/** What to tell a reader in place of a chart. */
export interface Diagnosis {
  readonly title: string;
  readonly lines: readonly string[];
  readonly queries: readonly string[];
}

const forecastQuery = 'presage_forecast{watch="cpu"}';
const scoreQuery = 'presage_anomaly_score{watch="cpu"}';

/**
 * Why there is nothing to draw, null when there is. `frames` is the number of frames that came, `range` the visible time in ms,
 * `notices` what reading them brought up.
 */
export function diagnose(
  model: PanelModel,
  frames: number,
  range: { from: number; to: number },
  notices: readonly string[],
): Diagnosis | null {
  if (frames === 0)
    return {
      title: 'No data',
      lines: ['The queries returned nothing. Ask for a metric, and for its forecast beside it:'],
      queries: ['node_load1', 'presage_forecast'],
    };
  if (model.series.length === 0)
    return {
      title: 'No series to draw',
      lines: [...notices, 'The panel needs a time and a number. A pair of queries that works:'],
      queries: ['node_load1', 'presage_forecast'],
    };
  const lines = model.series.flatMap((one) => [
    one.actual,
    one.median,
    ...one.bands.map((band) => ({ times: band.times, values: band.upper })),
  ]);
  if (!lines.some((line) => line.values.some((value) => !Number.isNaN(value)))) return withoutLines(model);
  const isInView = lines.some((line) =>
    line.times.some((time, index) => time >= range.from && time <= range.to && !Number.isNaN(line.values[index])),
  );
  if (isInView) return null;
  if (range.from > model.now)
    return {
      title: 'No forecast reaches this far',
      lines: ['The time range lies wholly in the future, past the horizon of every forecast that came. Ask for one:'],
      queries: [forecastQuery],
    };
  return { title: 'No samples in this time range', lines: ['Samples came, but none within the time shown.'], queries: [] };
}

function withoutLines(model: PanelModel): Diagnosis {
  if (model.series.some((one) => one.breaches.length > 0 || one.lead.role.kind === 'time-to-limit'))
    return { title: 'Times to a limit, but no line', lines: ['Add the metric itself and its forecast:'], queries: [forecastQuery] };
  return { title: 'No values', lines: ['Every sample that came is empty, not a number or infinite.'], queries: [] };
}

/** What a drawn chart still lacks, as hints: histories without a forecast, forecasts without a history. Empty when nothing. */
export function hints(model: PanelModel): string[] {
  const withForecast = model.series.filter((one) => one.median.times.length > 0 || one.bands.length > 0).length;
  const withHistory = model.series.filter((one) => one.actual.times.length > 0).length;
  const found: string[] = [];
  if (withForecast === 0) found.push(`no forecast among the queries: add ${forecastQuery}, and for anomalies ${scoreQuery}`);
  if (withHistory === 0) found.push('no history among the queries: add the expression of the watch itself');
  return found;
}
