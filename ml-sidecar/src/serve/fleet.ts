import type { Watch } from '../watch/watch.ts';
import type { WatchedSeries } from '../watch/watched-series.ts';
import type { FirstLimit, FleetAnswer, HostAnswer, WorstScore } from './answers.ts';
import { outlookAnswers, outlookQuantiles } from './chart.ts';
import { isAnomalous, noStates } from './describe-watch.ts';
import type { Served } from './served.ts';

/** A host while its series are gone through. */
type Gathered = { -readonly [key in keyof HostAnswer]: HostAnswer[key] };

/** Every host, those that meet a limit first in front, then those with the highest score. */
export function fleetOf(served: Served): FleetAnswer {
  const now = served.now();
  const hosts = new Map<string, Gathered>();
  for (const { watch } of served.watches) {
    for (const series of watch.series.values()) {
      const host = series.labels['instance'] ?? '';
      const gathered = hosts.get(host) ?? { host, series: 0, states: noStates, anomalous: 0, watches: [], first: null, worst: null };
      hosts.set(host, gathered);
      gather(gathered, watch, series, now);
    }
  }
  const ranked = [...hosts.values()].sort(byUrgency);
  return { now, version: served.version, ready: served.ready(), hosts: ranked };
}

function gather(host: Gathered, watch: Watch, series: WatchedSeries, now: number): void {
  const state = watch.stateOf(series);
  const { name } = watch.settings;
  host.series++;
  host.states = { ...host.states, [state]: host.states[state] + 1 };
  if (host.watches.at(-1) !== name) host.watches = [...host.watches, name];
  if (state === 'stale') return;
  const { labels, score, direction } = series;
  if (isAnomalous(state, score)) host.anomalous++;
  const worst: WorstScore = { watch: name, labels, score, direction };
  if (host.worst === null || score > host.worst.score) host.worst = worst;
  for (const outlook of outlookAnswers(watch, series, now, outlookQuantiles)) {
    const found: FirstLimit = { ...outlook, watch: name, labels, state };
    // Of a series that cannot be forecast only what is already so is told.
    if (state === 'unforecastable' && earliest(found) > 0) continue;
    if (earliest(found) < earliest(host.first)) host.first = found;
  }
}

/** Seconds to act in: the median, or, where that lies beyond the horizon, behind all that has one. */
function earliest(limit: FirstLimit | null): number {
  const [soon, median] = limit?.seconds ?? [];
  if (typeof median === 'number') return median;
  return typeof soon === 'number' ? 1e9 + soon : Infinity;
}

function byUrgency(a: HostAnswer, b: HostAnswer): number {
  const [first, second] = [earliest(a.first), earliest(b.first)];
  if (first !== second) return first - second;
  return (b.worst?.score ?? 0) - (a.worst?.score ?? 0) || (a.host < b.host ? -1 : 1);
}
