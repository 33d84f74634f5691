import { join } from 'node:path';
import type { PrometheusClient } from '../prometheus/client.ts';
import { parseSelector } from '../prometheus/selector.ts';
import { isGaugeName } from '../serve/metrics.ts';
import type { RuleSet } from './rule-file.ts';
import type { Store } from './store.ts';

/** What is copied, and where to. Spans and times in seconds. */
export interface CopyOptions {
  readonly ruleSets: readonly RuleSet[];
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly source: PrometheusClient;
  readonly store: Store;
  readonly work: string;
}

/** A selector in a rule that cannot be read. */
export class RawSamplesError extends Error {}

/**
 * Writes the raw samples of everything that rules read and that neither Presage nor a rule gives; returns the files. Rejects with a
 * RawSamplesError or a PrometheusError.
 */
export async function copyRaw({ ruleSets, from, to, every, source, store, work }: CopyOptions): Promise<readonly string[]> {
  const rules = ruleSets.flatMap(({ records, alerts }) => [...records, ...alerts]);
  const given = new Set(ruleSets.flatMap(({ records }) => records.map(({ record }) => record)));
  const own = (text: string): boolean => {
    const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? '';
    // What a Prometheus wrote of its own alerts is not what these rules would have fired.
    return isGaugeName(name) || given.has(name) || name === 'ALERTS' || name === 'presage_forecast';
  };
  const selectors = new Set(rules.flatMap(({ reads }) => reads.selectors).filter((text) => !own(text)));
  const reach = Math.max(0, ...rules.map(({ reads }) => reads.reach));
  const seen = new Set<string>();
  const files: string[] = [];
  for (const text of selectors) {
    const selector = parseSelector(text);
    if (selector === undefined) throw new RawSamplesError(`got ${text} in a rule, want a selector that can be read`);
    const file = join(work, `raw-${files.length}.openmetrics`);
    const batch = store.batch(file);
    for (const one of await source.readSamples(selector, from - reach - every, to)) {
      const key = JSON.stringify([one.name, one.labels]);
      // Two selectors may share series; a store takes each sample once.
      if (seen.has(key)) continue;
      seen.add(key);
      for (let i = 0; i < one.times.length; i++) batch.add(one.name, one.labels, one.times[i], one.values[i]);
    }
    batch.close();
    files.push(file);
  }
  return files;
}
