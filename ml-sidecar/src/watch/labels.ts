/** Label names and values of one series, without `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/** Keys, and labels as sources of ours, of label sets that come again and again. */
const keys = new WeakMap<Labels, string>();
const sources = new WeakMap<Labels, Labels>();

/** The same string for the same label set, whatever the order. */
export function keyOf(labels: Labels): string {
  const known = keys.get(labels);
  if (known !== undefined) return known;
  const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  keys.set(labels, key);
  return key;
}

/** Labels that Presage's own metrics add; a source label of that name is renamed as Prometheus does on scrape. */
const reserved = new Set(['watch', 'quantile', 'horizon', 'limit', 'level', 'state', 'model']);

/** Whether Presage sets a label of this name itself. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** `labels` without the metric name and with names that Presage uses itself prefixed by `exported_`. */
export function sourceLabels(labels: Labels): Labels {
  const known = sources.get(labels);
  if (known) return known;
  const entries = Object.entries(labels).filter(([name]) => name !== '__name__');
  const own = Object.fromEntries(entries.map(([name, value]) => [reserved.has(name) ? `exported_${name}` : name, value]));
  sources.set(labels, own);
  return own;
}

/** A number of 32 bits for a key, the same everywhere: FNV-1a. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
