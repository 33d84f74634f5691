import type { MatrixSeries } from '../prometheus/matrix.ts';
import { keyOf, type Labels } from '../watch/labels.ts';
import type { AlertRule } from './rule-file.ts';

/** One firing of one alert for one label set. Unix seconds. */
export interface Firing {
  readonly alert: string;
  readonly labels: Labels;
  readonly start: number;
  /** Time of the first evaluation at which it no longer fired; Infinity where it still did at the last. */
  readonly end: number;
}

/** The times at which rules are evaluated: `start`, `start + every` … `end`, Unix seconds. */
export interface Evaluations {
  readonly start: number;
  readonly end: number;
  readonly every: number;
}

/**
 * When `rule` fires for each label set, given the values of its expression at the evaluations: as Prometheus does, an alert fires
 * once its expression has held for `holdFor`, and goes on for `keepFiringFor` from the first evaluation at which it did not.
 * `whileFiring`, where the expression asks whether the alert itself fires: its values given that it fired an evaluation earlier.
 */
export function firingsOf(
  rule: AlertRule,
  matrix: readonly MatrixSeries[],
  evaluations: Evaluations,
  whileFiring: readonly MatrixSeries[] = [],
): readonly Firing[] {
  const heldWhileFiring = new Map(whileFiring.map((series) => [keyOf(series.labels), indexesOf(series, evaluations)]));
  return matrix
    .flatMap((series) => {
      const held = indexesOf(series, evaluations);
      const on = heldWhileFiring.get(keyOf(series.labels)) ?? held;
      return firingsOfSeries(rule, { ...series.labels, ...rule.labels }, (index, firing) => (firing ? on : held).has(index), evaluations);
    })
    .sort((a, b) => a.start - b.start);
}

/** The evaluations at which a series has a value, by number. */
function indexesOf({ times }: MatrixSeries, { start, every }: Evaluations): ReadonlySet<number> {
  return new Set(Array.from(times, (time) => Math.round((time - start) / every)));
}

function firingsOfSeries(
  rule: AlertRule,
  labels: Labels,
  holds: (index: number, firing: boolean) => boolean,
  { start, end, every }: Evaluations,
): readonly Firing[] {
  const firings: Firing[] = [];
  let activeSince: number | undefined;
  let firedAt: number | undefined;
  let missingSince: number | undefined;
  for (let i = 0; start + i * every <= end; i++) {
    const now = start + i * every;
    if (holds(i, firedAt !== undefined)) {
      activeSince ??= now;
      missingSince = undefined;
      if (firedAt === undefined && now - activeSince >= rule.holdFor) firedAt = now;
      continue;
    }
    missingSince ??= now;
    if (firedAt !== undefined && now - missingSince < rule.keepFiringFor) continue;
    if (firedAt !== undefined) firings.push({ alert: rule.alert, labels, start: firedAt, end: now });
    activeSince = undefined;
    firedAt = undefined;
  }
  if (firedAt !== undefined) firings.push({ alert: rule.alert, labels, start: firedAt, end: Infinity });
  return firings;
}
