import { join } from 'node:path';
import { firingsOf, type Evaluations, type Firing } from './alert-timeline.ts';
import { settle } from './alert-feedback.ts';
import { withMetric } from './promql.ts';
import { inLevels, type RecordRule, type RuleSet } from './rule-file.ts';
import type { RangeQuery } from './range-query.ts';
import type { Store } from './store.ts';

/** What the evaluation of rules needs. */
export interface EvaluateOptions {
  readonly ruleSets: readonly RuleSet[];
  readonly store: Store;
  /** Folder for what is on its way into the store. */
  readonly work: string;
  readonly evaluations: Evaluations;
  readonly range: RangeQuery;
  /** `done` of `all` steps, and what is being done. */
  readonly progress: (what: string, done: number, all: number) => void;
}

/** Name that stands for ALERTS where none has fired yet: a store of the past knows no such series. */
const NO_ALERTS = 'replay_alerts_none';

/** Records level by level, so that what reads a recorded name finds it. Rejects with a PrometheusError or StoreError. */
export async function evaluateRecords({ ruleSets, store, work, range, progress }: EvaluateOptions): Promise<void> {
  const unique = new Map<string, RecordRule>();
  for (const rule of ruleSets.flatMap(({ records }) => records))
    unique.set(`${rule.record}\n${rule.expr}\n${JSON.stringify(rule.labels)}`, rule);
  const levels = inLevels([...unique.values()]);
  for (const [i, level] of levels.entries()) {
    progress('recording', i, levels.length);
    const file = join(work, `records-${i}.openmetrics`);
    const batch = store.batch(file);
    let count = 0;
    for (const { record, expr, labels, reads } of level) {
      for (const one of await range(expr, reads.names)) {
        for (let k = 0; k < one.times.length; k++) batch.add(record, { ...one.labels, ...labels }, one.times[k], one.values[k]);
        count += one.times.length;
      }
    }
    batch.close();
    if (count > 0) await store.load([file]);
  }
}

/** When each alert of each set fires, in the order of the sets. Rejects with a PrometheusError or StoreError. */
export async function evaluateAlerts(options: EvaluateOptions): Promise<readonly (readonly Firing[])[]> {
  const { ruleSets, progress, evaluations, range } = options;
  const all = ruleSets.reduce((sum, { alerts }) => sum + alerts.length, 0);
  let done = 0;
  const sets: (readonly Firing[])[] = [];
  for (const [i, { alerts }] of ruleSets.entries()) {
    const fired = new Map<string, readonly Firing[]>();
    for (const [k, alert] of alerts.entries()) {
      progress(`evaluating ${alert.alert}`, done++, all);
      const expr = withMetric(alert.expr, 'ALERTS', NO_ALERTS);
      fired.set(String(k), firingsOf(alert, await range(expr, alert.reads.names), evaluations));
    }
    await settle({ ...options, alerts, fired, name: `replay_alerts_${i}` });
    sets.push([...fired.values()].flat().sort((a, b) => a.start - b.start));
  }
  return sets;
}
