import { familyHeader, valueText, type MetricType } from '@presage/service/exposition.ts';

/**
 * One metric family being written. Samples become text as they are added: no object is made per sample.
 * The second sample with the same labels is left out and counted; Prometheus would refuse or drop it.
 */
export class Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  /** The sample lines so far. */
  lines = '';
  duplicates = 0;
  /** Most families have one sample: the set is made for the second. */
  #first: string | undefined;
  #seen: Set<string> | undefined;

  constructor(name: string, help: string, type: MetricType) {
    this.name = name;
    this.help = help;
    this.type = type;
  }

  /**
   * Adds a sample. `labels` is a text made by `labelText({…})`, the same order of names in every sample of the family; empty for
   * none. Make it once per device and use it in all of the device's families. `suffix` is `_bucket`, `_sum` or `_count`.
   */
  add(value: number, labels = '', suffix = ''): void {
    if (this.#isSecond(suffix === '' ? labels : suffix + labels)) {
      this.duplicates += 1;
      return;
    }
    this.lines += `${this.name}${suffix}${labels} ${valueText(value)}\n`;
  }

  #isSecond(series: string): boolean {
    if (this.#first === undefined) {
      this.#first = series;
      return false;
    }
    this.#seen ??= new Set([this.#first]);
    if (this.#seen.has(series)) return true;
    this.#seen.add(series);
    return false;
  }
}

/** Takes what one collector gives in one scrape. */
export class Sink {
  readonly #families = new Map<string, Family>();

  /** The family of this name, begun if it is new. Type and help are those of the first call. */
  family(name: string, help: string, type: MetricType): Family {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = new Family(name, help, type);
      this.#families.set(name, family);
    }
    return family;
  }

  gauge(name: string, help: string): Family {
    return this.family(name, help, 'gauge');
  }

  counter(name: string, help: string): Family {
    return this.family(name, help, 'counter');
  }

  untyped(name: string, help: string): Family {
    return this.family(name, help, 'untyped');
  }

  /** What was written, in the order of the first calls; families without a sample too. */
  get families(): Iterable<Family> {
    return this.#families.values();
  }
}

/** An exposition and the number of samples that were left out because their series stood there already. */
export interface Exposition {
  readonly text: string;
  readonly duplicates: number;
}

/**
 * The text exposition of several sinks, families by name, each once: where two collectors write the same family, the samples of the
 * later one are appended, without those whose series is there.
 */
export function writeSinks(sinks: readonly Sink[]): Exposition {
  const families = new Map<string, Family>();
  const shared = new Map<string, Family[]>();
  for (const sink of sinks) {
    for (const family of sink.families) {
      if (family.lines === '' && family.duplicates === 0) continue;
      const first = families.get(family.name);
      if (first === undefined) families.set(family.name, family);
      else shared.set(family.name, [...(shared.get(family.name) ?? [first]), family]);
    }
  }
  let text = '';
  let duplicates = 0;
  for (const name of sorted([...families.keys()])) {
    const first = families.get(name);
    if (first === undefined) continue;
    text += header(first);
    text += first.lines;
    duplicates += first.duplicates;
    const same = shared.get(name);
    if (same === undefined) continue;
    for (const family of same.slice(1)) duplicates += family.duplicates;
    const rest = appended(same);
    text += rest.lines;
    duplicates += rest.duplicates;
  }
  return { text, duplicates };
}

let lastNames: readonly string[] = [];
let lastSorted: readonly string[] = [];

/** Sorts names, or remembers how: most scrapes give the same families in the same order. */
function sorted(names: readonly string[]): readonly string[] {
  if (names.length !== lastNames.length || names.some((name, index) => name !== lastNames[index])) {
    lastNames = names;
    lastSorted = [...names].sort();
  }
  return lastSorted;
}

/** Lines of all but the first family, without the series that stand already, whatever the order of their labels. */
function appended(same: readonly Family[]): { lines: string; duplicates: number } {
  const seen = new Set(seriesOf(same[0]).map(canonical));
  let lines = '';
  let duplicates = 0;
  for (const family of same.slice(1)) {
    for (const line of family.lines.split('\n').slice(0, -1)) {
      const series = canonical(line.slice(0, line.lastIndexOf(' ')));
      if (seen.has(series)) duplicates += 1;
      else lines += `${line}\n`;
      seen.add(series);
    }
  }
  return { lines, duplicates };
}

function seriesOf(family: Family): string[] {
  return family.lines
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** The series with its labels sorted by name, and without those whose value is empty, which say nothing. */
function canonical(series: string): string {
  const brace = series.indexOf('{');
  if (brace < 0) return series;
  const labels = [...series.slice(brace).matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
    .filter((label) => label[2] !== '')
    .map((label) => label[0]);
  return `${series.slice(0, brace)}{${labels.sort().join(',')}}`;
}

const headers = new Map<string, { readonly help: string; readonly type: MetricType; readonly text: string }>();

/** HELP and TYPE lines, kept by name because they are the same at every scrape. */
function header(family: Family): string {
  const known = headers.get(family.name);
  if (known !== undefined && known.help === family.help && known.type === family.type) return known.text;
  const text = familyHeader(family.name, family.help, family.type);
  headers.set(family.name, { help: family.help, type: family.type, text });
  return text;
}
