import type { WatchSettings } from '../configuration/configuration.ts';
import { toGrid } from '../prometheus/grid.ts';
import type { PrometheusClient } from '../prometheus/client.ts';
import type { Labels } from '../watch/labels.ts';
import type { GridValues } from '../watch/watch.ts';

/** An alert and when it fired. */
export interface FiredAlert {
  /** What says on what it fired: all labels but its name, state and severity. */
  readonly labels: Labels;
  /** 1 at each grid time at which it did. */
  readonly firing: Uint8Array;
}

/**
 * What Prometheus wrote down of alerts, but for those by which Presage tells what it expects, how unusual something is (such values
 * weigh little already) and how it fares itself: bands that are too narrow could never learn.
 */
export const firedAlerts =
  'ALERTS{alertstate="firing",alertname!~"Presage(Limit(Ahead|Soon)|Anomaly|HostUnusual|Forecast.*|SeriesStale|BandsTooNarrow|Watch.*|Sidecar.*|ClockSkew)"}';

/** Labels of an alert that do not say on what it fired. */
const ofTheAlert = new Set(['__name__', 'alertname', 'alertstate', 'severity']);
/** Labels that say of what a series is: an alert on the same must share one. A job or a cluster alone is too much. */
const places: readonly string[] = ['instance', 'host', 'hostname', 'node', 'nodename', 'pod', 'container', 'device', 'mountpoint'];

/** Alerts that fired at any of the grid indexes `fromIndex` to `toIndex` of a watch. Rejects with a PrometheusError. */
export async function readFiredAlerts(
  client: Pick<PrometheusClient, 'queryRange'>,
  { step }: WatchSettings,
  fromIndex: number,
  toIndex: number,
): Promise<readonly FiredAlert[]> {
  const start = fromIndex * step;
  const found = await client.queryRange(firedAlerts, start, toIndex * step, step);
  return found.map((one) => ({
    labels: Object.fromEntries(Object.entries(one.labels).filter(([name]) => !ofTheAlert.has(name))),
    firing: Uint8Array.from(toGrid(one, start, step, toIndex - fromIndex + 1).values, (value) => (Number.isNaN(value) ? 0 : 1)),
  }));
}

/** `matrix` with the times marked at which an alert on the same place fired. The very same where there was none. */
export function distrusting(matrix: readonly GridValues[], alerts: readonly FiredAlert[]): readonly GridValues[] {
  if (alerts.length === 0) return matrix;
  return matrix.map((one) => {
    const agreeing = alerts.filter(({ labels }) => agrees(labels, one.labels));
    if (agreeing.length === 0) return one;
    return { ...one, distrusted: Uint8Array.from(one.values, (_, i) => (agreeing.some(({ firing }) => firing[i] === 1) ? 1 : 0)) };
  });
}

/** Whether an alert is on a series: they share a place, and differ in no label that both have. */
function agrees(alert: Labels, series: Labels): boolean {
  const shared = Object.keys(alert).filter((name) => Object.hasOwn(series, name));
  return shared.every((name) => alert[name] === series[name]) && shared.some((name) => places.includes(name));
}
