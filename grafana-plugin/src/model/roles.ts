/** What one field of a data frame is to the panel. Levels are quantiles in 0…1, horizons are milliseconds. */
export type Role =
  | { readonly kind: 'actual' }
  | { readonly kind: 'quantile'; readonly source: Source; readonly level: number }
  | { readonly kind: 'edge'; readonly side: 'lower' | 'upper' }
  | { readonly kind: 'ahead'; readonly level: number; readonly horizon: number }
  | { readonly kind: 'score' }
  | { readonly kind: 'direction' }
  | { readonly kind: 'time-to-limit'; readonly limit: string; readonly level: number }
  | { readonly kind: 'limit'; readonly name: string | null; readonly side: 'above' | 'below' }
  | { readonly kind: 'aside' };

/** Whether a quantile stands at the time it is about because it was issued for it, or was expected there as it came. */
export type Source = 'forecast' | 'expected';

export type Labels = Readonly<Record<string, string>>;

/** The roles that a field override can give by hand, in the words of the editor. */
export const roleChoices = ['auto', 'actual', 'median', 'lower', 'upper', 'score', 'limit', 'ignore'] as const;
export type RoleChoice = (typeof roleChoices)[number];

/** Labels that say what a series is to the forecast, not which source series it belongs to. */
const ownLabels = new Set([
  '__name__',
  'quantile',
  'horizon',
  'limit',
  'side',
  'ml_forecast',
  'model_alias',
  'scheduler_alias',
  'anomaly_type',
  'anomaly_strategy',
]);

/** Labels by which a forecaster names the question it was asked: Presage, vmanomaly, the PromQL anomaly rules. */
const watchLabels = ['watch', 'for', 'anomaly_name'];

/** The metric name of a field: its `__name__` label, else the field's own name unless the data source gave none. */
export function metricName(fieldName: string, labels: Labels): string {
  return labels['__name__'] ?? (fieldName === 'Value' ? '' : fieldName);
}

/** Recognises a field by its metric name and labels, or by the choice of an override. */
export function recognise(name: string, labels: Labels, choice: RoleChoice = 'auto'): Role {
  if (choice !== 'auto') return byChoice(choice);
  const level = levelOf(labels['quantile']);
  const ofPresage = fromPresage(name, labels, level);
  if (ofPresage !== null) return ofPresage;
  const prophet = labels['ml_forecast'] ?? name;
  if (prophet === 'yhat') return { kind: 'quantile', source: 'forecast', level: 0.5 };
  if (prophet === 'yhat_lower') return { kind: 'edge', side: 'lower' };
  if (prophet === 'yhat_upper') return { kind: 'edge', side: 'upper' };
  if (/^anomaly:.*upper/.test(name)) return { kind: 'edge', side: 'upper' };
  if (/^anomaly:.*lower/.test(name)) return { kind: 'edge', side: 'lower' };
  if (name === 'anomaly_score') return { kind: 'score' };
  if (name.endsWith(':anomalous')) return { kind: 'direction' };
  return { kind: 'actual' };
}

/** The identity of a source series: its labels without what the forecaster added, as one string that compares. */
export function seriesKey(labels: Labels): string {
  const names = Object.keys(labels).filter((name) => !ownLabels.has(name) && !watchLabels.includes(name));
  return JSON.stringify(names.sort().map((name) => [name, labels[name]]));
}

/** The name of the watch that a series came from, empty when it names none. */
export function watchOf(labels: Labels): string {
  for (const name of watchLabels) if (labels[name] !== undefined) return labels[name];
  return '';
}

/** Reads a Prometheus duration ("6h", "1d12h", "90s") or plain seconds into milliseconds; null for anything else. */
export function durationMs(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const unit: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8, y: 3.1536e10 };
  if (!/^(\d+(\.\d+)?(ms|[smhdwy]))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, name] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)) sum += Number(count) * unit[name!]!;
  return sum;
}

function fromPresage(name: string, labels: Labels, level: number | null): Role | null {
  switch (name) {
    case 'presage_forecast':
      return level === null ? { kind: 'aside' } : { kind: 'quantile', source: 'forecast', level };
    case 'presage_expected':
      return level === null ? { kind: 'aside' } : { kind: 'quantile', source: 'expected', level };
    case 'presage_anomaly_score':
      return { kind: 'score' };
    case 'presage_anomaly_direction':
      return { kind: 'direction' };
    case 'presage_limit':
      return { kind: 'limit', name: labels['limit'] ?? null, side: labels['side'] === 'below' ? 'below' : 'above' };
    case 'presage_time_to_limit_seconds':
      return { kind: 'time-to-limit', limit: labels['limit'] ?? '', level: level ?? 0.5 };
  }
  const horizon = durationMs(labels['horizon']);
  if (level !== null && horizon !== null && (name === 'presage_predicted' || labels['watch'] !== undefined))
    return { kind: 'ahead', level, horizon };
  if (name === 'presage_predicted') return { kind: 'aside' };
  // A function over presage_forecast drops the name but keeps the labels.
  if (name === '' && level !== null && labels['watch'] !== undefined) return { kind: 'quantile', source: 'forecast', level };
  return null;
}

function byChoice(choice: Exclude<RoleChoice, 'auto'>): Role {
  if (choice === 'actual' || choice === 'score') return { kind: choice };
  if (choice === 'median') return { kind: 'quantile', source: 'forecast', level: 0.5 };
  if (choice === 'lower' || choice === 'upper') return { kind: 'edge', side: choice };
  return choice === 'limit' ? { kind: 'limit', name: null, side: 'above' } : { kind: 'aside' };
}

function levelOf(text: string | undefined): number | null {
  const level = text === undefined || text === '' ? NaN : Number(text);
  return level >= 0 && level <= 1 ? level : null;
}
