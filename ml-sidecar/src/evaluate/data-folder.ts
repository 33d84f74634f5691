import { gunzipSync } from 'node:zlib';

/** A folder of measured series with an index, as the benchmark data come. Readers hand in how a file of it is read. */
export interface DataFolder {
  readonly entities: readonly Entity[];
  /** Columns of one entity. Throws an Error that names the file if it cannot be read. */
  readEntity(entity: Entity): EntityColumns;
}

/** One host or one single series. What it knows of labelled incidents is left out on purpose: models must not see it. */
export interface Entity {
  readonly id: string;
  /** Path inside the folder, a gzipped CSV. */
  readonly file: string;
  /** `host`: one column a metric. `single`: the one column `value`. */
  readonly layout: 'host' | 'single';
  /** Seconds between two rows. */
  readonly step: number;
  readonly metrics: readonly EntityMetric[];
  /** Rows after this time are scored for anomalies; absent where none are. Unix seconds. */
  readonly trainEnd?: number;
}

/** One metric of an entity. */
export interface EntityMetric {
  readonly name: string;
  /** What kind of thing it measures: cpu, memory, latency and so on. */
  readonly kind: string;
  /** Whether it never changes; such metrics have no column. */
  readonly constant: boolean;
  /** What is to be forecast of it; absent where nothing is. */
  readonly forecast?: ForecastTask;
}

/** What is to be forecast of one metric. */
export interface ForecastTask {
  /** Seconds between two values of the forecast grid. */
  readonly step: number;
  /** A time on the grid, Unix seconds. */
  readonly gridStart: number;
  /** Seconds before an origin that may be read. */
  readonly context: number;
  /** Steps to forecast: the longest horizon. */
  readonly steps: number;
  /** Unix seconds. */
  readonly origins: readonly number[];
}

/** The rows of one entity. */
export interface EntityColumns {
  /** Unix seconds, ascending. */
  readonly times: Float64Array;
  /** By metric name; an empty cell is NaN. The column of labels is left out. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/**
 * The folder whose files `read` gives by their path inside it. Throws an Error that names the place if the index is not of the
 * expected form.
 */
export function openDataFolder(read: (path: string) => Uint8Array): DataFolder {
  const index: unknown = JSON.parse(new TextDecoder().decode(read('index.json')));
  return {
    entities: list(field(index, 'entities', 'index.json'), 'index.json: entities').map(entityOf),
    readEntity: (entity) => parseColumns(gunzipSync(read(entity.file))),
  };
}

/** Name of a series in prediction files: the entity itself, or entity/metric on a host. */
export function seriesName(entity: Entity, metric: EntityMetric): string {
  return entity.layout === 'host' ? `${entity.id}/${metric.name}` : entity.id;
}

/** Reads a numeric CSV with a line of names. An empty cell is NaN. The columns `timestamp` and `label` are not among the metrics. */
export function parseColumns(bytes: Uint8Array): EntityColumns {
  const headEnd = bytes.indexOf(NEWLINE);
  const names = new TextDecoder()
    .decode(headEnd < 0 ? bytes : bytes.subarray(0, headEnd))
    .trim()
    .split(',');
  const starts = rowStarts(bytes, headEnd < 0 ? bytes.length : headEnd + 1);
  const columns = names.map(() => new Float64Array(starts.length).fill(NaN));
  for (const [row, start] of starts.entries()) parseRow(bytes, start, columns, row);
  const metrics = names.flatMap((name, i): [string, Float64Array][] => (i === 0 || name === 'label' ? [] : [[name, columns[i]]]));
  return { times: columns[0], columns: new Map(metrics) };
}

const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
/** Digits that a double can hold as an integer. */
const MOST_DIGITS = 15;

/** Where the lines that are not empty begin. */
function rowStarts(bytes: Uint8Array, from: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    const next = end < 0 ? bytes.length : end;
    if (next > at && bytes[at] !== RETURN) starts.push(at);
    at = next + 1;
  }
  return starts;
}

function parseRow(bytes: Uint8Array, start: number, columns: readonly Float64Array[], row: number): void {
  let at = start;
  for (const column of columns) {
    let end = at;
    while (end < bytes.length && bytes[end] !== COMMA && bytes[end] !== NEWLINE && bytes[end] !== RETURN) end++;
    if (end > at) column[row] = parseNumber(bytes, at, end);
    if (bytes[end] !== COMMA) return;
    at = end + 1;
  }
}

/** Plain decimals digit by digit, which is exact up to 15 digits; everything else the way of the language. */
function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === MINUS;
  let digits = 0;
  let whole = 0;
  let scale = 1;
  let fraction = false;
  for (let i = negative ? from + 1 : from; i < to; i++) {
    const byte = bytes[i];
    if (byte >= ZERO && byte <= NINE) {
      whole = whole * 10 + (byte - ZERO);
      digits++;
      if (fraction) scale *= 10;
    } else if (byte === POINT && !fraction) fraction = true;
    else return Number(String.fromCharCode(...bytes.subarray(from, to)));
  }
  if (digits === 0 || digits > MOST_DIGITS) return Number(String.fromCharCode(...bytes.subarray(from, to)));
  return negative ? -whole / scale : whole / scale;
}

function entityOf(value: unknown, index: number): Entity {
  const place = `index.json: entities[${index}]`;
  const layout = text(field(value, 'layout', place), `${place}.layout`);
  if (layout !== 'host' && layout !== 'single') throw new Error(`${place}.layout: got ${layout}, want host or single`);
  const anomaly = field(value, 'anomaly', place);
  return {
    id: text(field(value, 'id', place), `${place}.id`),
    file: text(field(value, 'file', place), `${place}.file`),
    layout,
    step: number(field(value, 'step_s', place), `${place}.step_s`),
    metrics: list(field(value, 'metrics', place), `${place}.metrics`).map((metric, i) => metricOf(metric, `${place}.metrics[${i}]`)),
    ...(anomaly ? { trainEnd: number(field(anomaly, 'train_end', place), `${place}.anomaly.train_end`) } : {}),
  };
}

function metricOf(value: unknown, place: string): EntityMetric {
  const forecast = field(value, 'forecast', place);
  return {
    name: text(field(value, 'name', place), `${place}.name`),
    kind: text(field(value, 'kind', place), `${place}.kind`),
    constant: Boolean(field(value, 'constant', place)),
    ...(forecast ? { forecast: taskOf(forecast, `${place}.forecast`) } : {}),
  };
}

function taskOf(value: unknown, place: string): ForecastTask {
  const at = (name: string): number => number(field(value, name, place), `${place}.${name}`);
  return {
    step: at('step_s'),
    gridStart: at('grid0'),
    context: at('context_s'),
    steps: number(field(field(value, 'horizons', place), '24h', `${place}.horizons`), `${place}.horizons.24h`),
    origins: list(field(value, 'origins', place), `${place}.origins`).map((origin, i) => number(origin, `${place}.origins[${i}]`)),
  };
}

function field(value: unknown, name: string, place: string): unknown {
  if (typeof value !== 'object' || value === null) throw new Error(`${place}: got ${JSON.stringify(value)}, want an object`);
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function list(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${place}: got ${JSON.stringify(value)}, want a list`);
  return value;
}

function text(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new Error(`${place}: got ${JSON.stringify(value)}, want a text`);
  return value;
}

function number(value: unknown, place: string): number {
  if (typeof value !== 'number') throw new Error(`${place}: got ${JSON.stringify(value)}, want a number`);
  return value;
}
