import { isLabelName, isMetricName, labelText, type MetricType } from '@presage/service/exposition.ts';

/** A family of a text file, with its samples as they are written. */
export interface TextFamily {
  readonly name: string;
  type: MetricType;
  /** Whether a TYPE line said so. */
  typed: boolean;
  help: string | undefined;
  readonly samples: TextSample[];
}

/** `suffix` is what the sample's name has beyond the family's: `_bucket`, `_sum`, `_count`; labels are sorted, without empty ones. */
export interface TextSample {
  readonly suffix: string;
  readonly labels: string;
  readonly value: number;
}

const TYPES: Readonly<Record<string, MetricType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  summary: 'summary',
  untyped: 'untyped',
};

const SUFFIXES: Readonly<Partial<Record<MetricType, readonly string[]>>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
};

/**
 * Reads the text format 0.0.4, with the families in the order of the text. Throws with the number of the line where it breaks the
 * format, carries a timestamp (a file would go on showing an old one), or says HELP or TYPE of a family twice, as Prometheus' own reader does.
 */
export function parseTextFile(text: string): TextFamily[] {
  const families = new Map<string, TextFamily>();
  for (const [index, line] of text.split('\n').entries()) {
    try {
      readLine(families, line.trim());
    } catch (error) {
      throw new Error(`line ${index + 1}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return [...families.values()].filter(({ samples }) => samples.length > 0);
}

function readLine(families: Map<string, TextFamily>, line: string): void {
  if (line === '') return;
  if (line.startsWith('#')) readComment(families, line);
  else readSample(families, line);
}

function readComment(families: Map<string, TextFamily>, line: string): void {
  const match = /^#\s+(HELP|TYPE)\s+(\S+)(?:\s+(.*))?$/.exec(line);
  if (match === null) return;
  const [, kind, name, rest = ''] = match;
  if (!isMetricName(name)) throw new Error(`got the name ${JSON.stringify(name)}, want a metric's name`);
  const family = familyOf(families, name);
  if (kind === 'HELP') {
    if (family.help !== undefined) throw new Error(`got a second HELP of ${name}, want one`);
    family.help = rest.replaceAll(/\\([\\n])/g, (_, escaped) => (escaped === 'n' ? '\n' : '\\'));
    return;
  }
  const type = TYPES[rest.toLowerCase()];
  if (type === undefined) throw new Error(`got the type ${JSON.stringify(rest)}, want ${Object.keys(TYPES).join(', ')}`);
  if (family.samples.length > 0) throw new Error(`got a TYPE of ${name} after its samples, want it before`);
  if (family.typed) throw new Error(`got a second TYPE of ${name}, want one`);
  family.typed = true;
  family.type = type;
}

function familyOf(families: Map<string, TextFamily>, name: string): TextFamily {
  let family = families.get(name);
  if (family === undefined) {
    family = { name, type: 'untyped', typed: false, help: undefined, samples: [] };
    families.set(name, family);
  }
  return family;
}

function readSample(families: Map<string, TextFamily>, line: string): void {
  const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`got ${JSON.stringify(line.slice(0, 40))}, want a metric's name`);
  const labels = readLabels(line, name.length);
  const [value, ...more] = line.slice(labels.end).trim().split(/\s+/);
  if (more.length > 0) throw new Error('got a timestamp, want a value alone');
  const family = ownerOf(families, name);
  family.samples.push({ suffix: name.slice(family.name.length), labels: labels.text, value: readValue(value) });
}

/** The histogram or summary that a name with a suffix belongs to, else the family of that name. */
function ownerOf(families: Map<string, TextFamily>, name: string): TextFamily {
  const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0];
  if (suffix !== undefined) {
    const base = families.get(name.slice(0, -suffix.length));
    if (base !== undefined && SUFFIXES[base.type]?.includes(suffix)) return base;
  }
  return familyOf(families, name);
}

const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|(?=\}))/y;

/** Reads `{a="x",b="y"}` at the given place; gives the labels' text and where the value begins. */
function readLabels(line: string, start: number): { readonly text: string; readonly end: number } {
  const brace = start + (/^\s*/.exec(line.slice(start))?.[0].length ?? 0);
  if (line[brace] !== '{') return { text: '', end: start };
  const labels: [string, string][] = [];
  let at = brace + 1;
  while (!/^\s*\}/.test(line.slice(at))) {
    LABEL.lastIndex = at;
    const match = LABEL.exec(line);
    if (match === null || !isLabelName(match[1])) throw new Error(`got ${JSON.stringify(line.slice(at, at + 40))}, want NAME="VALUE"`);
    if (labels.some(([known]) => known === match[1])) throw new Error(`got the label ${match[1]} twice, want it once`);
    labels.push([match[1], match[2].replaceAll(/\\([\\n"])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))]);
    at = LABEL.lastIndex;
  }
  const sorted = labels.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1));
  return { text: labelText(Object.fromEntries(sorted)), end: line.indexOf('}', at) + 1 };
}

function readValue(text: string): number {
  const special = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (special !== null) return special[1] === '-' ? -Infinity : Infinity;
  if (/^[+-]?nan$/i.test(text)) return NaN;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`got ${JSON.stringify(text)}, want a number`);
  return value;
}
