import { familyHeader, labelText, valueText } from '@presage/service/exposition.ts';
import { formatDuration } from '@presage/service/duration.ts';
import type { GaugeSettings } from '../configuration/configuration.ts';
import { outlookOf, recentOutlooks } from '../watch/outlook.ts';
import { coverageLevels } from '../watch/track-record.ts';
import { seriesStates, type SeriesState, type WatchedSeries } from '../watch/watched-series.ts';
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

/** What all series of a watch have in common while their gauges are written. */
export interface Page {
  readonly watch: Watch;
  readonly gauges: GaugeSettings;
  /** Those of the gauges that lie within the horizon of the watch. */
  readonly horizons: readonly number[];
  /** Unix seconds. */
  readonly now: number;
  /** How limits are looked at. */
  readonly outlookOf: typeof outlookOf;
  /** What stands behind the labels of the series: the same text for all of them. */
  readonly ends: {
    readonly states: readonly string[];
    readonly quantiles: readonly string[];
    /** By horizon, then quantile. */
    readonly predicted: readonly (readonly string[])[];
    readonly limits: readonly {
      readonly itself: string;
      readonly times: readonly string[];
      readonly chances: readonly string[];
    }[];
    readonly levels: readonly string[];
  };
}

/** Writes a value with what stands behind the labels of the series, closing brace included. */
type Add = (end: string, value: number) => void;
type Writer = (page: Page, series: WatchedSeries, state: SeriesState, add: Add) => void;

/** What each gauge of a series shows; one that is not known is left out. */
const writers: Readonly<Record<Exclude<GaugeName, 'presage_host_anomaly_score'>, Writer>> = {
  presage_series_state({ ends }, _series, state, add) {
    seriesStates.forEach((one, i) => add(ends.states[i], one === state ? 1 : 0));
  },
  presage_observed(_page, series, _state, add) {
    const observed = series.ring.at(series.lastFinite);
    if (Number.isFinite(observed)) add('}', observed);
  },
  presage_anomaly_score: (_page, series, _state, add) => add('}', series.score),
  presage_anomaly_direction: (_page, series, _state, add) => add('}', series.direction),
  presage_expected({ gauges, ends }, series, _state, add) {
    gauges.quantiles.forEach((quantile, i) => {
      const expected = series.expected(series.newest, quantile);
      if (Number.isFinite(expected)) add(ends.quantiles[i], expected);
    });
  },
  presage_predicted({ watch, gauges, horizons, now, ends }, series, _state, add) {
    horizons.forEach((ahead, h) => {
      const index = Math.floor((now + ahead) / watch.settings.step);
      gauges.quantiles.forEach((quantile, i) => {
        const predicted = series.expected(index, quantile);
        if (Number.isFinite(predicted)) add(ends.predicted[h][i], predicted);
      });
    });
  },
  presage_limit({ watch, ends }, _series, _state, add) {
    watch.settings.limits.forEach(({ value }, l) => add(ends.limits[l].itself, value));
  },
  presage_time_to_limit_seconds(page, series, _state, add) {
    outlooks(page, series).forEach(({ seconds }, l) => page.ends.limits[l].times.forEach((end, i) => add(end, seconds[i])));
  },
  presage_limit_probability_ratio(page, series, _state, add) {
    outlooks(page, series).forEach(({ probabilities }, l) => page.ends.limits[l].chances.forEach((end, i) => add(end, probabilities[i])));
  },
  presage_forecast_skill_ratio(_page, series, _state, add) {
    if (Number.isFinite(series.skill)) add('}', series.skill);
  },
  presage_interval_coverage_ratio({ ends }, series, _state, add) {
    series.record.coverageRatios().forEach((ratio, i) => {
      if (Number.isFinite(ratio)) add(ends.levels[i], ratio);
    });
  },
  presage_model_info(_page, series, _state, add) {
    if (series.fitted) add(`,model="${series.fitted.model}"}`, 1);
  },
  presage_last_fit_timestamp_seconds(_page, series, _state, add) {
    if (series.fitted) add(`,model="${series.fitted.model}"}`, series.fitted.time);
  },
};

/** The gauges of series, in the order they are written. */
export const gaugeNames = Object.keys(writers).filter((name): name is keyof typeof writers => Object.hasOwn(writers, name));

/** A gauge of series. */
export type SeriesGauge = (typeof gaugeNames)[number];

/** What stands before the lines of a gauge. */
export const gaugeHeader = (name: GaugeName): string => familyHeader(name, families[name], 'gauge');

/** Characters of a piece of the page. */
const pieceLength = 131_072;
/** Seconds that a scrape waits for what lies ahead to be worked out; right after a start that is still to be done for every series. */
const outlookSeconds = 0.5;
/** Series whose lines are written in a row. */
const lookedAt = 64;

/**
 * Everything known about every watched series at `served.now()`, in text format 0.0.4, gauge by gauge and piece by piece; a piece may
 * be empty. Between two pieces others may run: then each gauge shows what is known when it is written.
 */
export function* metricsInPieces(served: Served): Generator<string> {
  const pages = pagesOf(served);
  for (const name of gaugeNames) {
    let text = gaugeHeader(name);
    let isEmpty = true;
    for (const page of pages) {
      for (const some of inSlices(page.watch.series.values(), lookedAt)) {
        const work = linesOf(name, page, some);
        let step = work.next();
        for (; step.done !== true; step = work.next()) yield '';
        text += step.value;
        isEmpty &&= step.value === '';
        const isLong = text.length >= pieceLength;
        yield isLong ? text : '';
        if (isLong) text = '';
      }
    }
    if (!isEmpty) yield text;
  }
  yield hostScores(served.hosts);
}

/** A page for each watch, as of `served.now()`. Each asks anew what lies ahead, for which a scrape waits only so long. */
export function pagesOf(served: Served): readonly Page[] {
  const look = recentOutlooks(outlookSeconds, () => performance.now() / 1000);
  return served.watches.map(({ watch }) => pageOf(watch, served.gauges, served.now(), look));
}

/** A list in slices of so many. */
export function* inSlices<T>(list: Iterable<T>, length: number): Generator<readonly T[]> {
  let slice: T[] = [];
  for (const item of list) {
    slice.push(item);
    if (slice.length < length) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

/** The lines of one gauge of some series. Gives way between two series where it may have to work out what lies ahead of each. */
export function* linesOf(name: SeriesGauge, page: Page, some: readonly WatchedSeries[]): Generator<void, string> {
  const write = writers[name];
  const isSlow = name === 'presage_time_to_limit_seconds' && page.ends.limits.length > 0;
  let text = '';
  let start = '';
  const add: Add = (end, value) => {
    text += `${start}${end} ${valueText(value)}\n`;
  };
  for (const series of some) {
    const state = page.watch.stateOf(series);
    start = name + headOf(page.watch, series);
    if (isShown(name, state)) write(page, series, state, add);
    if (isSlow) yield;
  }
  return text;
}

/** The same at once. */
export function renderMetrics(served: Served): string {
  return [...metricsInPieces(served)].join('');
}

/** What the gauges of one series show at `now`, Unix seconds. */
export function emitGauges(watch: Watch, series: WatchedSeries, gauges: GaugeSettings, now: number, sink: GaugeSink): void {
  const head = headOf(watch, series);
  const page = pageOf(watch, gauges, now, outlookOf);
  const state = watch.stateOf(series);
  for (const name of gaugeNames) {
    if (!sink.wants(name) || !isShown(name, state)) continue;
    writers[name](page, series, state, (end, value) => sink.add(name, head + end, value));
  }
}

/** A vanished series keeps its state alone, so that Prometheus marks the rest stale with it. */
function isShown(name: GaugeName, state: SeriesState): boolean {
  return name === 'presage_series_state' || state !== 'stale';
}

const heads = new WeakMap<WatchedSeries, string>();

/** The labels of a series as they are written, but for the closing brace; the same text for as long as there is the series. */
function headOf(watch: Watch, series: WatchedSeries): string {
  const known = heads.get(series);
  if (known !== undefined) return known;
  const head = labelText({ ...series.labels, watch: watch.settings.name }).slice(0, -1);
  heads.set(series, head);
  return head;
}

const ends = new WeakMap<Watch, { readonly gauges: GaugeSettings; readonly ends: Page['ends'] }>();

function pageOf(watch: Watch, gauges: GaugeSettings, now: number, look: typeof outlookOf): Page {
  const known = ends.get(watch);
  const page = { watch, gauges, now, outlookOf: look, horizons: gauges.horizons.filter((one) => one <= watch.settings.horizon) };
  if (known?.gauges === gauges) return { ...page, ends: known.ends };
  const made = endsOf(page);
  ends.set(watch, { gauges, ends: made });
  return { ...page, ends: made };
}

function endsOf({ watch, gauges, horizons }: Omit<Page, 'ends'>): Page['ends'] {
  const byQuantile = (before: string): readonly string[] => gauges.quantiles.map((quantile) => `${before},quantile="${quantile}"}`);
  const byHorizon = horizons.map((ahead) => `,horizon="${formatDuration(ahead)}"`);
  return {
    states: seriesStates.map((state) => `,state="${state}"}`),
    quantiles: byQuantile(''),
    predicted: byHorizon.map(byQuantile),
    limits: watch.settings.limits.map(({ name, side }) => ({
      itself: `,limit="${name}",side="${side}"}`,
      times: byQuantile(`,limit="${name}"`),
      chances: byHorizon.map((horizon) => `,limit="${name}"${horizon}}`),
    })),
    levels: coverageLevels.map((level) => `,level="${level}"}`),
  };
}

function outlooks({ watch, gauges, horizons, now, outlookOf: look }: Page, series: WatchedSeries): ReturnType<typeof outlookOf> {
  return look(series, watch.settings.limits, now, gauges.quantiles, horizons);
}

/** Works out ahead what is said of limits, series after series, so that no scrape waits for it. `now` in Unix seconds. */
export function* lookAhead(watch: Watch, gauges: GaugeSettings, now: number): Generator<void> {
  if (watch.settings.limits.length === 0) return;
  const page = pageOf(watch, gauges, now, outlookOf);
  for (const series of watch.series.values()) {
    if (watch.stateOf(series) !== 'stale') outlooks(page, series);
    yield;
  }
}

/** The gauge of whole hosts with what stands before it; nothing where none is scored. */
export function hostScores(hosts: Hosts | undefined): string {
  if (!hosts) return '';
  let text = '';
  for (const state of hosts.states.values()) {
    if (state.last === -Infinity || hosts.isStale(state)) continue;
    text += `presage_host_anomaly_score${labelText({ [hosts.settings.label]: state.host })} ${valueText(state.score)}\n`;
  }
  return text === '' ? '' : gaugeHeader('presage_host_anomaly_score') + text;
}
