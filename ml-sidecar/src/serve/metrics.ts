import { familyHeader, labelText, valueText } from '@presage/service/exposition.ts';
import { formatDuration } from '@presage/service/duration.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import { outlookOf } from '../watch/outlook.ts';
import { coverageLevels } from '../watch/track-record.ts';
import { seriesStates, type WatchedSeries } from '../watch/watched-series.ts';
import type { Hosts } from '../watch/hosts.ts';
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

/** One series at one moment, while its gauges are written. */
interface View {
  readonly watch: Watch;
  readonly series: WatchedSeries;
  readonly gauges: GaugeSettings;
  /** Those of the gauges that lie within the horizon of the watch. */
  readonly horizons: readonly number[];
  /** Unix seconds. */
  readonly now: number;
  /** The labels of the series as they are written, but for the closing brace. */
  readonly head: string;
  /** A value with labels of its own behind the head, closing brace included. */
  readonly add: (labels: string, value: number) => void;
}

/** What each gauge of a series shows; one that is not known is left out. */
const writers: Readonly<Record<Exclude<GaugeName, 'presage_host_anomaly_score'>, (view: View) => void>> = {
  presage_series_state({ watch, series, add }) {
    const state = watch.stateOf(series);
    for (const one of seriesStates) add(`,state="${one}"}`, one === state ? 1 : 0);
  },
  presage_observed({ series, add }) {
    const observed = series.ring.at(series.lastFinite);
    if (Number.isFinite(observed)) add('}', observed);
  },
  presage_anomaly_score: ({ series, add }) => add('}', series.score),
  presage_anomaly_direction: ({ series, add }) => add('}', series.direction),
  presage_expected({ series, gauges, add }) {
    for (const quantile of gauges.quantiles) {
      const expected = series.expected(series.newest, quantile);
      if (Number.isFinite(expected)) add(`,quantile="${quantile}"}`, expected);
    }
  },
  presage_predicted({ watch, series, gauges, horizons, now, add }) {
    for (const ahead of horizons) {
      const index = Math.floor((now + ahead) / watch.settings.step);
      for (const quantile of gauges.quantiles) {
        const predicted = series.expected(index, quantile);
        if (Number.isFinite(predicted)) add(`,horizon="${formatDuration(ahead)}",quantile="${quantile}"}`, predicted);
      }
    }
  },
  presage_limit({ watch, add }) {
    for (const { name, side, value } of watch.settings.limits) add(`,limit="${name}",side="${side}"}`, value);
  },
  presage_time_to_limit_seconds(view) {
    for (const { limit, seconds } of outlooks(view))
      view.gauges.quantiles.forEach((quantile, i) => view.add(`,limit="${limit}",quantile="${quantile}"}`, seconds[i]));
  },
  presage_limit_probability_ratio(view) {
    for (const { limit, probabilities } of outlooks(view))
      view.horizons.forEach((ahead, i) => view.add(`,limit="${limit}",horizon="${formatDuration(ahead)}"}`, probabilities[i]));
  },
  presage_forecast_skill_ratio({ series, add }) {
    if (Number.isFinite(series.skill)) add('}', series.skill);
  },
  presage_interval_coverage_ratio({ series, add }) {
    series.record.coverageRatios().forEach((ratio, i) => {
      if (Number.isFinite(ratio)) add(`,level="${coverageLevels[i]}"}`, ratio);
    });
  },
  presage_model_info({ series, add }) {
    if (series.fitted) add(`,model="${series.fitted.model}"}`, 1);
  },
  presage_last_fit_timestamp_seconds({ series, add }) {
    if (series.fitted) add(`,model="${series.fitted.model}"}`, series.fitted.time);
  },
};

const names = Object.keys(writers).filter((name): name is keyof typeof writers => Object.hasOwn(writers, name));

/** Characters of a piece of the page. */
const pieceLength = 32_768;
/** Series looked at before others get their turn, whether they gave text or not. */
const lookedAt = 64;

/**
 * Everything known about every watched series at `served.now()`, in text format 0.0.4, gauge by gauge and piece by piece; a piece may
 * be empty. Between two pieces others may run: then each gauge shows what is known when it is written.
 */
export function* metricsInPieces(served: Served): Generator<string> {
  const now = served.now();
  const { gauges, hosts, watches } = served;
  for (const name of names) {
    let text = familyHeader(name, families[name], 'gauge');
    let isEmpty = true;
    for (const { watch } of watches) {
      const horizons = horizonsOf(watch, gauges);
      let looked = 0;
      for (const series of watch.series.values()) {
        const head = headOf(watch, series);
        const add = (labels: string, value: number): void => {
          text += `${name}${head}${labels} ${valueText(value)}\n`;
          isEmpty = false;
        };
        if (isShown(name, watch, series)) writers[name]({ watch, series, gauges, horizons, now, head, add });
        const isSlow = name === 'presage_time_to_limit_seconds' && watch.settings.limits.length > 0;
        if (++looked % lookedAt !== 0 && !isSlow && text.length < pieceLength) continue;
        yield isEmpty ? '' : text;
        if (!isEmpty) text = '';
      }
    }
    if (!isEmpty) yield text;
  }
  if (hosts) yield hostScores(hosts);
}

/** The same at once. */
export function renderMetrics(served: Served): string {
  return [...metricsInPieces(served)].join('');
}

/** What the gauges of one series show at `now`, Unix seconds. */
export function emitGauges(watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number, sink: GaugeSink): void {
  const head = headOf(watch, series);
  const horizons = horizonsOf(watch, gauges);
  for (const name of names) {
    if (!sink.wants(name) || !isShown(name, watch, series)) continue;
    const add = (labels: string, value: number): void => sink.add(name, head + labels, value);
    writers[name]({ watch, series, gauges, horizons, now, head, add });
  }
}

/** A vanished series keeps its state alone, so that Prometheus marks the rest stale with it. */
function isShown(name: GaugeName, watch: Watch, series: WatchedSeries): boolean {
  return name === 'presage_series_state' || watch.stateOf(series) !== 'stale';
}

const heads = new WeakMap<WatchedSeries, string>();

/** The same text for as long as there is the series. */
function headOf(watch: Watch, series: WatchedSeries): string {
  const known = heads.get(series);
  if (known !== undefined) return known;
  const head = labelText({ ...series.labels, watch: watch.settings.name }).slice(0, -1);
  heads.set(series, head);
  return head;
}

function horizonsOf({ settings }: Watch, gauges: GaugeSettings): readonly number[] {
  return gauges.horizons.filter((one) => one <= settings.horizon);
}

function outlooks({ watch, series, gauges, horizons, now }: View): ReturnType<typeof outlookOf> {
  return outlookOf(series, watch.settings.limits, now, gauges.quantiles, horizons);
}

function hostScores(hosts: Hosts): string {
  let text = '';
  for (const state of hosts.states.values()) {
    if (state.last === -Infinity || hosts.isStale(state)) continue;
    text += `presage_host_anomaly_score${labelText({ [hosts.settings.label]: state.host })} ${valueText(state.score)}\n`;
  }
  return text === '' ? '' : familyHeader('presage_host_anomaly_score', families.presage_host_anomaly_score, 'gauge') + text;
}
