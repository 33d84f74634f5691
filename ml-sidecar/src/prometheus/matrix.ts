/** The samples of one label set, as read or as served. */
export interface MatrixSeries {
  /** The metric name (`__name__`), empty where the expression dropped it. */
  readonly name: string;
  /** All labels but `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds, ascending. */
  readonly times: Float64Array;
  /** As long as `times`; may hold NaN and ±Inf. */
  readonly values: Float64Array;
}

/** One value of one label set at one time. */
export interface InstantSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds. */
  readonly time: number;
  readonly value: number;
}

/** A string that is the same for two series exactly when their name and labels are. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  return JSON.stringify([name, ...names.flatMap((label) => [label, labels[label]])]);
}

/** Joins the answers to consecutive time ranges: one series per label set, in order of first appearance. */
export function joinMatrices(chunks: readonly (readonly MatrixSeries[])[]): readonly MatrixSeries[] {
  if (chunks.length === 1) return chunks[0];
  const parts = new Map<string, MatrixSeries[]>();
  for (const series of chunks.flat()) {
    const key = seriesKey(series.name, series.labels);
    const known = parts.get(key);
    if (known) known.push(series);
    else parts.set(key, [series]);
  }
  return [...parts.values()].map(joinSeries);
}

function joinSeries(parts: readonly MatrixSeries[]): MatrixSeries {
  const [first] = parts;
  if (parts.length === 1) return first;
  return {
    name: first.name,
    labels: first.labels,
    times: concatenate(parts.map((part) => part.times)),
    values: concatenate(parts.map((part) => part.values)),
  };
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
