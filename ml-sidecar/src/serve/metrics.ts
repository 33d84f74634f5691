import { familyHeader, labelText, valueText } from '@presage/service/exposition.ts';
import { formatDuration } from '@presage/service/duration.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import { outlookOf } from '../watch/outlook.ts';
import { coverageLevels } from '../watch/track-record.ts';
import { seriesStates, type WatchedSeries } from '../watch/watched-series.ts';
import type { Watch } from '../watch/watch.ts';
import type { Served } from './served.ts';

/** The gauges of DESIGN section 4, in the order they are written. */
const families = {
  presage_observed: 'The newest value seen, in the unit of the series.',
  presage_expected: 'What was expected for this moment before it was seen, by quantile.',
  presage_anomaly_score: 'How anomalous the newest value is; above 1 is anomalous, on every series alike.',
  presage_host_anomaly_score: 'How anomalous a host is by all that is watched of it; above 1 is anomalous, on every host alike.',
  presage_anomaly_direction: '1 where the newest value is anomalous and above what was expected, -1 below, 0 as expected.',
  presage_predicted: 'What is predicted for now + horizon, by quantile.',
  presage_limit: 'Value of the limit, in the unit of the series; side says on which side of it the series hurts.',
  presage_time_to_limit_seconds: 'Seconds until the limit is passed, by quantile; +Inf: not within the horizon.',
  presage_limit_probability_ratio: 'Chance that the limit is passed within the horizon.',
  presage_forecast_skill_ratio: '1 - loss / loss of seasonal naive, measured live; at 0 or below nobody should be paged on the forecast.',
  presage_interval_coverage_ratio: 'Share of recent samples that fell inside the band of that level.',
  presage_series_state: '1 for the state that the series is in.',
  presage_model_info: 'The model that forecasts the series.',
  presage_last_fit_timestamp_seconds: 'When the model of the series was last fitted.',
};

/** Name of a gauge. */
export type GaugeName = keyof typeof families;

/** Whether a name is that of a gauge of Presage. */
export const isGaugeName = (name: string): name is GaugeName => Object.hasOwn(families, name);

/** Where gauges go. */
export interface GaugeSink {
  /** Whether a gauge is worth working out. */
  wants(name: GaugeName): boolean;
  /** `labels` as they are written, braces included. */
  add(name: GaugeName, labels: string, value: number): void;
}

/** Everything known about every watched series at `served.now()`, in text format 0.0.4. */
export function renderMetrics(served: Served): string {
  const page = createPage();
  const now = served.now();
  for (const { watch } of served.watches) {
    for (const series of watch.series.values()) emitGauges(watch, series, served.gauges, now, page);
  }
  const { hosts } = served;
  for (const state of hosts?.states.values() ?? []) {
    if (state.last === -Infinity || hosts?.isStale(state) !== false) continue;
    page.add('presage_host_anomaly_score', labelText({ [hosts.settings.label]: state.host }), state.score);
  }
  return page.text();
}

interface Page extends GaugeSink {
  text(): string;
}

function createPage(): Page {
  const names: GaugeName[] = [];
  const bodies = new Map<GaugeName, string[]>();
  return {
    wants: () => true,
    add(family, labels, value) {
      const body = bodies.get(family);
      const line = `${family}${labels} ${valueText(value)}\n`;
      if (body) body.push(line);
      else {
        names.push(family);
        bodies.set(family, [line]);
      }
    },
    text: () => names.map((name) => familyHeader(name, families[name], 'gauge') + (bodies.get(name) ?? []).join('')).join(''),
  };
}

/** What the gauges of one series show at `now`, Unix seconds. */
export function emitGauges(watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number, page: GaugeSink): void {
  const own = labelText({ ...series.labels, watch: watch.settings.name });
  const head = own.slice(0, -1);
  const labels = (name: string, value: string) => `${head},${name}="${value}"}`;
  const state = watch.stateOf(series);
  for (const one of seriesStates) page.add('presage_series_state', labels('state', one), one === state ? 1 : 0);
  // A vanished series keeps its state alone, so that Prometheus marks the rest stale with it.
  if (state === 'stale') return;
  const observed = series.ring.at(series.lastFinite);
  if (Number.isFinite(observed)) page.add('presage_observed', own, observed);
  page.add('presage_anomaly_score', own, series.score);
  page.add('presage_anomaly_direction', own, series.direction);
  for (const quantile of page.wants('presage_expected') ? gauges.quantiles : []) {
    const expected = series.expected(series.newest, quantile);
    if (Number.isFinite(expected)) page.add('presage_expected', labels('quantile', String(quantile)), expected);
  }
  renderPredictions(page, watch, series, gauges, now, head);
  renderQuality(page, series, own, labels);
}

function renderPredictions(page: GaugeSink, watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number, head: string): void {
  const { step, horizon, limits } = watch.settings;
  const horizons = gauges.horizons.filter((one) => one <= horizon);
  for (const ahead of page.wants('presage_predicted') ? horizons : []) {
    const index = Math.floor((now + ahead) / step);
    for (const quantile of gauges.quantiles) {
      const predicted = series.expected(index, quantile);
      if (Number.isFinite(predicted))
        page.add('presage_predicted', `${head},horizon="${formatDuration(ahead)}",quantile="${quantile}"}`, predicted);
    }
  }
  for (const { name, side, value } of limits) page.add('presage_limit', `${head},limit="${name}",side="${side}"}`, value);
  if (!page.wants('presage_time_to_limit_seconds') && !page.wants('presage_limit_probability_ratio')) return;
  for (const outlook of outlookOf(series, limits, now, gauges.quantiles, horizons)) {
    gauges.quantiles.forEach((quantile, i) =>
      page.add('presage_time_to_limit_seconds', `${head},limit="${outlook.limit}",quantile="${quantile}"}`, outlook.seconds[i]),
    );
    horizons.forEach((ahead, i) =>
      page.add(
        'presage_limit_probability_ratio',
        `${head},limit="${outlook.limit}",horizon="${formatDuration(ahead)}"}`,
        outlook.probabilities[i],
      ),
    );
  }
}

function renderQuality(page: GaugeSink, series: WatchedSeries, own: string, labels: (name: string, value: string) => string): void {
  if (Number.isFinite(series.skill)) page.add('presage_forecast_skill_ratio', own, series.skill);
  series.record.coverageRatios().forEach((ratio, i) => {
    if (Number.isFinite(ratio)) page.add('presage_interval_coverage_ratio', labels('level', String(coverageLevels[i])), ratio);
  });
  if (series.fitted === undefined) return;
  page.add('presage_model_info', labels('model', series.fitted.model), 1);
  page.add('presage_last_fit_timestamp_seconds', labels('model', series.fitted.model), series.fitted.time);
}
