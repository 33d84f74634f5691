import type { MatrixSeries } from '../prometheus/matrix.ts';
import type { Labels } from '../watch/labels.ts';
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
 */
export function firingsOf(rule: AlertRule, matrix: readonly MatrixSeries[], evaluations: Evaluations): readonly Firing[] {
  return matrix.flatMap((series) => firingsOfSeries(rule, series, evaluations)).sort((a, b) => a.start - b.start);
}

function firingsOfSeries(rule: AlertRule, series: MatrixSeries, { start, end, every }: Evaluations): readonly Firing[] {
  const held = new Set(Array.from(series.times, (time) => Math.round((time - start) / every)));
  const labels = { ...series.labels, ...rule.labels };
  const firings: Firing[] = [];
  let activeSince: number | undefined;
  let firedAt: number | undefined;
  let missingSince: number | undefined;
  for (let i = 0; start + i * every <= end; i++) {
    const now = start + i * every;
    if (held.has(i)) {
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
