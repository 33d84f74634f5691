import { join } from 'node:path';
import { firingsOf, type Evaluations, type Firing } from './alert-timeline.ts';
import { withMetric } from './promql.ts';
import type { AlertRule } from './rule-file.ts';
import type { RangeQuery } from './range-query.ts';
import type { Batch, Store } from './store.ts';

/** Alerts of one set, and what they fired while ALERTS was empty; those that read ALERTS are put right in place. */
export interface FeedbackOptions {
  readonly alerts: readonly AlertRule[];
  /** By the number of the alert in the set. */
  readonly fired: Map<string, readonly Firing[]>;
  readonly store: Pick<Store, 'batch' | 'load'>;
  readonly work: string;
  readonly evaluations: Evaluations;
  readonly range: RangeQuery;
  /** Of the metric that stands for ALERTS in this set; numbers are added to it. */
  readonly name: string;
}

/** Passes until alerts that read each other must agree. */
const PASSES = 6;

/**
 * Evaluates the alerts of a set that ask in ALERTS whether they, or others, fire. An alert sees what the evaluation before has
 * fired, so what it does is settled from the beginning on: first as if it had fired all the time, which tells how long it holds
 * itself, then with what came of it, until a pass changes nothing.
 */
export async function settle(options: FeedbackOptions): Promise<void> {
  const { alerts, fired } = options;
  const readers = [...alerts.entries()].filter(([, { reads }]) => reads.names.includes('ALERTS'));
  if (readers.length === 0 || [...fired.values()].every((firings) => firings.length === 0)) return;
  const { start, end, every } = options.evaluations;
  const always = [...fired.values()].flat().map((firing) => ({ ...firing, start, end: end + every }));
  const whileFiring = await evaluated(options, readers, always, `${options.name}_always`);
  for (const [k, alert] of readers) {
    const none = await options.range(withMetric(alert.expr, 'ALERTS', `${options.name}_none`), alert.reads.names);
    fired.set(String(k), firingsOf(alert, none, options.evaluations, whileFiring.get(k)));
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const seen = await evaluated(options, readers, [...fired.values()].flat(), `${options.name}_${pass}`);
    let changed = false;
    for (const [k, alert] of readers) {
      const firings = firingsOf(alert, seen.get(k) ?? [], options.evaluations);
      changed ||= JSON.stringify(firings) !== JSON.stringify(fired.get(String(k)));
      fired.set(String(k), firings);
    }
    if (!changed) return;
  }
}

/** What the expressions of the readers give where `firings` are what ALERTS shows. */
async function evaluated(
  options: FeedbackOptions,
  readers: readonly (readonly [number, AlertRule])[],
  firings: readonly Firing[],
  name: string,
) {
  const { store, work, evaluations } = options;
  const file = join(work, 'alerts.openmetrics');
  const batch = store.batch(file);
  writeAlerts(batch, name, firings, evaluations);
  batch.close();
  await store.load([file]);
  const found = new Map<number, Awaited<ReturnType<RangeQuery>>>();
  for (const [k, alert] of readers) found.set(k, await options.range(withMetric(alert.expr, 'ALERTS', name), alert.reads.names));
  return found;
}

/** Writes firings as Prometheus writes ALERTS, each state between two evaluations, so that the next one sees it and no later one. */
function writeAlerts(batch: Batch, name: string, firings: readonly Firing[], { start, end, every }: Evaluations): void {
  const series = new Map<string, { readonly labels: Firing['labels']; readonly times: Set<number> }>();
  for (const { alert, labels, start: from, end: to } of firings) {
    const full = { ...labels, alertname: alert, alertstate: 'firing' };
    const key = JSON.stringify(Object.entries(full).sort(([a], [b]) => (a < b ? -1 : 1)));
    const { times } = series.get(key) ?? { times: new Set<number>() };
    const first = start + Math.ceil((from - start) / every) * every;
    for (let time = first; time < to && time <= end; time += every) times.add(time + every / 2);
    series.set(key, { labels: full, times });
  }
  for (const { labels, times } of series.values()) for (const time of [...times].sort((a, b) => a - b)) batch.add(name, labels, time, 1);
}
