import type { AlertRule, RecordRule, RuleSet } from './rule-file.ts';

/** A rule that a replay cannot evaluate, and why, in words. */
export interface SkippedRule {
  readonly set: string;
  readonly rule: string;
  readonly why: string;
}

/** Rules without those that cannot be answered. */
export interface Answerable {
  readonly ruleSets: readonly RuleSet[];
  readonly skipped: readonly SkippedRule[];
}

/** Metrics that no replay has, with the reason. */
const absent: ReadonlyMap<string, string> = new Map([
  ['presage_host_anomaly_score', 'a replay walks each watch for itself and scores no whole hosts'],
  ['ALERTS_FOR_STATE', 'it is what a Prometheus keeps for its own restart'],
]);

/**
 * Takes out the rules that ask for what a replay has not, themselves or through rules that they read, so that the others can be
 * judged. Recording rules that ask for ALERTS are among them: when they are recorded, no alert has been evaluated yet.
 */
export function withoutUnanswerable(ruleSets: readonly RuleSet[]): Answerable {
  const reasons = new Map(absent);
  const records = ruleSets.flatMap((set) => set.records);
  // As many rounds as rules may read each other in a row.
  for (let before = -1; before !== reasons.size;) {
    before = reasons.size;
    for (const rule of records) {
      const why = whyNot(rule, reasons);
      if (why !== undefined && !reasons.has(rule.record)) reasons.set(rule.record, why);
    }
  }
  const skipped: SkippedRule[] = [];
  const kept = ruleSets.map((set) => {
    const keep = <T extends AlertRule | RecordRule>(rules: readonly T[], nameOf: (rule: T) => string): readonly T[] =>
      rules.filter((rule) => {
        const why = whyNot(rule, reasons);
        if (why !== undefined) skipped.push({ set: set.name, rule: nameOf(rule), why });
        return why === undefined;
      });
    return { ...set, records: keep(set.records, ({ record }) => record), alerts: keep(set.alerts, ({ alert }) => alert) };
  });
  return { ruleSets: kept, skipped };
}

function whyNot(rule: AlertRule | RecordRule, reasons: ReadonlyMap<string, string>): string | undefined {
  if ('record' in rule && rule.reads.names.includes('ALERTS')) return 'a recording rule that reads ALERTS is not replayed';
  const name = rule.reads.names.find((one) => reasons.has(one));
  return name === undefined ? undefined : `it reads ${name}: ${reasons.get(name) ?? ''}`;
}
