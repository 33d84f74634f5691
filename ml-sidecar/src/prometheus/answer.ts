import type { InstantSeries } from './matrix.ts';
import { PrometheusError } from './prometheus-error.ts';

/** Prometheus' JSON envelope. */
export interface Answer<T = unknown> {
  readonly ok: boolean;
  readonly data: T;
  readonly errorType: string;
  readonly error: string;
  /** `warnings` and `infos` together. */
  readonly warnings: readonly string[];
}

/** Samples and how many native histograms had to be left out. */
export interface ReadSamples<T> {
  readonly series: readonly T[];
  readonly histograms: number;
}

/** Reads the envelope of any API answer, success or not. Throws a PrometheusError `bad-answer` where it is not one. */
export function parseAnswer(body: Uint8Array): Answer {
  const json = parseJson(body);
  if (!isRecord(json) || (json.status !== 'success' && json.status !== 'error')) throw badAnswer('no "status"', body);
  return {
    ok: json.status === 'success',
    data: json.data,
    errorType: typeof json.errorType === 'string' ? json.errorType : '',
    error: typeof json.error === 'string' ? json.error : '',
    warnings: [...strings(json.warnings), ...strings(json.infos)],
  };
}

/** Reads the data of an instant query: a vector, or a scalar as one series without labels. */
export function parseVector(data: unknown): ReadSamples<InstantSeries> {
  if (isRecord(data) && data.resultType === 'scalar') return { series: [instant({}, data.result)], histograms: 0 };
  let histograms = 0;
  const series: InstantSeries[] = [];
  for (const row of rows(data)) {
    if (row.value === undefined) histograms += 1;
    else series.push(instant(row.metric, row.value));
  }
  return { series, histograms };
}

/** A sample value as Prometheus writes it: "1.5", "NaN", "+Inf", "-Inf". */
export function parseSampleValue(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text === '' ? NaN : Number(text);
}

/** Whether `value` is an object that can be looked into. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function rows(data: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!isRecord(data) || data.resultType !== 'vector') {
    const found = isRecord(data) ? JSON.stringify(data.resultType) : typeof data;
    throw new PrometheusError('bad-answer', `resultType: got ${found}, want vector or scalar`);
  }
  return Array.isArray(data.result) ? data.result.filter(isRecord) : [];
}

function instant(metric: unknown, pair: unknown): InstantSeries {
  const [time, value] = samplePair(pair);
  return { ...splitName(metric), time, value };
}

function samplePair(pair: unknown): readonly [number, number] {
  if (Array.isArray(pair)) {
    const [time, value]: readonly unknown[] = pair;
    if (typeof time === 'number' && typeof value === 'string') return [time, parseSampleValue(value)];
  }
  throw new PrometheusError('bad-answer', `sample: got ${JSON.stringify(pair)?.slice(0, 80)}, want [time, "value"]`);
}

/** Name and labels of a `metric` object. */
export function splitName(metric: unknown): { readonly name: string; readonly labels: Readonly<Record<string, string>> } {
  const entries = isRecord(metric) ? Object.entries(metric) : [];
  let name = '';
  const labels: [string, string][] = [];
  for (const [label, value] of entries) {
    if (typeof value !== 'string') continue;
    if (label === '__name__') name = value;
    else labels.push([label, value]);
  }
  return { name, labels: Object.fromEntries(labels) };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw badAnswer('not JSON', body);
  }
}

function badAnswer(finding: string, body: Uint8Array): PrometheusError {
  const start = new TextDecoder().decode(body.subarray(0, 120)).replaceAll(/\s+/g, ' ');
  return new PrometheusError('bad-answer', `${finding}: got ${JSON.stringify(start)}, want an answer of Prometheus' HTTP API`);
}

function strings(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
