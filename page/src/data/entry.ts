import type { WatchAnswer } from '../../../ml-sidecar/src/serve/answers.ts';

/** What stands in the fields of the form. */
export interface EntryFields {
  readonly name: string;
  readonly expr: string;
  readonly step: string;
  readonly history: string;
  readonly horizon: string;
  readonly lower: string;
  readonly upper: string;
  readonly limitName: string;
  readonly limitSide: string;
  readonly limitValue: string;
}

export const emptyFields: EntryFields = {
  name: '',
  expr: '',
  step: '5m',
  history: '14d',
  horizon: '1d',
  lower: '',
  upper: '',
  limitName: '',
  limitSide: 'above',
  limitValue: '',
};

/** The fields of a watch that is there already, to try it with other settings. */
export function fieldsOf({ name, expr, step, history, horizon, bounds, limits }: WatchAnswer): EntryFields {
  const text = (value: number | null | undefined): string => (typeof value === 'number' ? String(value) : '');
  const [limit] = limits;
  return {
    name,
    expr,
    step,
    history,
    horizon,
    lower: text(bounds[0]),
    upper: text(bounds[1]),
    limitName: limit?.name ?? '',
    limitSide: limit?.side ?? 'above',
    limitValue: text(limit?.value),
  };
}

/** The entry of `watches` that the fields describe, empty ones left out. What is no number goes as it is, so that the sidecar says so. */
export function entryOf(fields: EntryFields): Readonly<Record<string, unknown>> {
  const entry: Record<string, unknown> = { name: fields.name.trim() || 'dry-run', expr: fields.expr.trim() };
  for (const key of ['step', 'history', 'horizon'] as const) if (fields[key].trim() !== '') entry[key] = fields[key].trim();
  const [lower, upper] = [numberOf(fields.lower), numberOf(fields.upper)];
  if (lower !== null || upper !== null) entry['bounds'] = [lower, upper];
  const value = numberOf(fields.limitValue);
  if (value !== null) entry['limits'] = [{ name: fields.limitName.trim() || 'limit', [fields.limitSide]: value }];
  return entry;
}

function numberOf(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const number = Number(trimmed.replace(',', '.'));
  return Number.isFinite(number) ? number : trimmed;
}
