import { similarEpisodes, type Episode } from '../detectors/why/episodes.ts';
import { explain, type Explanation } from '../detectors/why/explain.ts';
import { incidentsOf, type Anomaly, type Incident } from '../detectors/why/incidents.ts';
import { leadLag, type Deviations, type Lead } from '../detectors/why/lead-lag.ts';
import type { LoggedAnomaly } from './anomaly-log.ts';
import type { Watch } from './watch.ts';
import type { WatchedSeries } from './watched-series.ts';

/** An anomaly of a series that is still watched. */
export interface FoundAnomaly {
  readonly watch: Watch;
  readonly series: WatchedSeries;
  readonly logged: LoggedAnomaly;
  /** Which series, unique among all watches. */
  readonly id: string;
}

/** An incident with what was like it before, best first. */
export interface FoundIncident {
  readonly incident: Incident;
  readonly similar: readonly { readonly start: number; readonly end: number; readonly likeness: number }[];
}

/** Span around the start of an anomaly over which series are compared, and the longest lead looked for, in steps. */
const stepsBefore = 36;
const stepsAfter = 12;
const mostLead = 12;
/** Series compared with one anomaly. */
const mostOthers = 100;
const mostSimilar = 3;
/** Distance between the 10 % and the 90 % quantile of a normal distribution in standard deviations. */
const spreadsOfBand = 2.5631;

/** All anomalies that end at or after `since` (Unix seconds), the newest first. */
export function anomaliesSince(watches: readonly Watch[], since: number): readonly FoundAnomaly[] {
  const found = watches.flatMap((watch) =>
    [...watch.series.values()].flatMap((series) =>
      series.anomalies.since(since).map((logged) => ({ watch, series, logged, id: idOf(watch.settings.name, series.labels) })),
    ),
  );
  return found.sort((a, b) => b.logged.start - a.logged.start || (a.id < b.id ? -1 : 1));
}

/** Anomalies put together in time and by labels; the newest first. */
export function incidentsSince(watches: readonly Watch[], since: number): readonly FoundIncident[] {
  const all = incidentsOf(anomaliesSince(watches, -Infinity).map(asAnomaly));
  const episodes = all.map(episodeOf);
  return all
    .map((incident, i) => ({
      incident,
      similar: similarEpisodes(episodes[i], episodes, mostSimilar).map(({ episode: { start, end }, likeness }) => ({
        start,
        end,
        likeness,
      })),
    }))
    .filter(({ incident }) => incident.end >= since)
    .reverse();
}

/** What was expected of the peak of an anomaly, by how much it was missed and what explains it; nothing where none was expected. */
export function whyAnomalous({ series, logged }: FoundAnomaly): Explanation | undefined {
  const { step } = series.shape;
  if (logged.expected === undefined) return undefined;
  const past = series.history();
  const length = Math.round((Math.floor(logged.peakTime / step) * step - past.start) / step);
  // The peak itself may lie between two grid times.
  const values = Float64Array.of(...past.values.subarray(Math.max(0, length - mostLooked(step)), Math.max(0, length)), logged.value);
  const start = Math.floor(logged.peakTime / step) * step - (values.length - 1) * step;
  return explain({ ...past, start, values }, logged.expected);
}

/** Which series of the same host, or else of the same watch, moved with an anomaly, those that led first. */
export function movedWith(watches: readonly Watch[], { watch, series, logged }: FoundAnomaly): readonly Lead[] {
  const { step } = series.shape;
  const from = Math.floor(logged.start / step) - stepsBefore;
  const host = series.labels['instance'];
  const others = watches
    .filter((other) => other.shape.step === step && (host !== undefined || other === watch))
    .flatMap((other) =>
      [...other.series.values()]
        .filter((one) => one !== series && (host === undefined || one.labels['instance'] === host))
        .map((one) => deviationsOf(idOf(other.settings.name, one.labels), one, from)),
    );
  return leadLag(deviationsOf('', series, from), others.slice(0, mostOthers), step, mostLead * step);
}

/** The name of a series among those of all watches. */
export function idOf(watch: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${watch}{${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
}

/** Distances from what was forecast for a span of the grid, in spreads of the forecast. */
function deviationsOf(name: string, series: WatchedSeries, from: number): Deviations {
  const values = Float64Array.from({ length: stepsBefore + stepsAfter }, (_, i) => {
    const spread = (series.expected(from + i, 0.9) - series.expected(from + i, 0.1)) / spreadsOfBand;
    return (series.ring.at(from + i) - series.expected(from + i, 0.5)) / Math.max(spread, Number.MIN_VALUE);
  });
  return { name, values: values.map((value) => (Number.isFinite(value) ? value : NaN)) };
}

/** Two weeks and a day of the grid. */
function mostLooked(step: number): number {
  return Math.ceil((15 * 86_400) / step);
}

function asAnomaly({ id, watch, series, logged }: FoundAnomaly): Anomaly {
  const { start, end, peak, direction } = logged;
  return { series: id, labels: { watch: watch.settings.name, ...series.labels }, start, end, peak, direction: direction < 0 ? -1 : 1 };
}

function episodeOf({ start, end, anomalies }: Incident): Episode {
  const peaks = new Map<string, number>();
  for (const { series, peak, direction } of anomalies) if (peak > Math.abs(peaks.get(series) ?? 0)) peaks.set(series, direction * peak);
  return { start, end, peaks };
}
