import type { HostReading } from './host-detector.ts';

/** Series of one host that are taken up; more are passed over. */
const MOST = 128;

/** Which series of a host stands in which row, and when it last spoke. */
export interface MetricPlaces {
  readonly metrics: string[];
  readonly rows: Map<string, number>;
  /** Step at which each row last spoke. */
  lastSeen: number[];
}

/** No series known, or those of a snapshot. */
export function metricPlaces(metrics: readonly string[] = [], lastSeen: readonly number[] = []): MetricPlaces {
  return { metrics: [...metrics], rows: new Map(metrics.map((metric, row) => [metric, row])), lastSeen: [...lastSeen] };
}

/** Notes who speaks at step `now`; calls `added` for each series that does so for the first time, after it has got its row. */
export function meet(places: MetricPlaces, readings: readonly HostReading[], now: number, added: () => void): void {
  for (const { metric } of readings) {
    const row = places.rows.get(metric);
    if (row !== undefined) {
      places.lastSeen[row] = now;
    } else if (places.metrics.length < MOST) {
      places.rows.set(metric, places.metrics.length);
      places.metrics.push(metric);
      places.lastSeen.push(now);
      added();
    }
  }
}

/** Drops the series that have not spoken since step `before`. The rows that stay, ascending; nothing if all do. */
export function forget(places: MetricPlaces, before: number): readonly number[] | undefined {
  const kept = [...places.metrics.keys()].filter((row) => places.lastSeen[row] >= before);
  if (kept.length === places.metrics.length) return undefined;
  const metrics = kept.map((row) => places.metrics[row]);
  places.lastSeen = kept.map((row) => places.lastSeen[row]);
  places.metrics.splice(0, places.metrics.length, ...metrics);
  places.rows.clear();
  for (const [row, metric] of metrics.entries()) places.rows.set(metric, row);
  return kept;
}
