import { HIDDEN, hideUrlPasswords } from '@presage/service/secret.ts';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Configuration, Fault } from './configuration.ts';
import { resolve, type KnownModels } from './resolve.ts';
import { fileSchema, presetSchema, watchSchema } from './schema.ts';

/** Either a configuration or everything that is wrong with it, never both. */
export type Parsed = { readonly configuration: Configuration } | { readonly faults: readonly Fault[] };

/** Reads a configuration file's text. Finds all faults at once and gives each its place, finding and wish. */
export function parseConfiguration(text: string, known: KnownModels): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map((error): Fault => {
      const at = lines.linePos(error.pos[0]);
      return { place: '', found: error.message.replace(/ at line \d[^]*/, ''), want: 'well-formed YAML', line: at.line, column: at.col };
    });
    return { faults };
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // An alias without an anchor, or so many that they would fill the memory.
    if (!(error instanceof ReferenceError)) throw error;
    return { faults: [{ place: '', found: JSON.stringify(error.message), want: 'an anchor for every alias, and few aliases' }] };
  }
  const result = read(content, known);
  if ('configuration' in result) return { configuration: deepFreeze(result.configuration) };
  return { faults: result.faults.map((fault) => ({ ...fault, ...positionOf(document, lines, fault.place) })) };
}

/** `presage.yml:12:9: watches[2].step: got "90", want a duration such as 90s` */
export function formatFault(file: string, fault: Fault): string {
  const position = fault.line === undefined ? file : `${file}:${fault.line}:${fault.column ?? 1}`;
  return `${position}: ${fault.place === '' ? '' : `${fault.place}: `}got ${fault.found}, want ${fault.want}`;
}

function read(content: unknown, known: KnownModels): Parsed {
  const file = fileSchema.safeParse(content, { reportInput: true });
  const faults = file.success ? [] : file.error.issues.flatMap((issue) => faultsOf(issue, ''));
  const watches = entriesOf(content).flatMap((entry, i) => {
    const place = `watches[${i}]`;
    const schema = 'preset' in entry ? presetSchema : watchSchema;
    const parsed = schema.safeParse(entry, { reportInput: true });
    if (parsed.success) return [{ place, settings: parsed.data }];
    faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, place)));
    return [];
  });
  if (!file.success) return { faults };
  const resolved = resolve({ ...file.data, watches }, known);
  if ('configuration' in resolved && faults.length === 0) return resolved;
  return { faults: [...faults, ...('faults' in resolved ? resolved.faults : [])] };
}

/** The entries of `watches` that are mappings; what else stands there is a fault of the file. */
function entriesOf(content: unknown): readonly object[] {
  if (typeof content !== 'object' || content === null || !('watches' in content) || !Array.isArray(content.watches)) return [];
  return content.watches.map((entry: unknown) => (typeof entry === 'object' && entry !== null ? entry : {}));
}

function faultsOf(issue: z.core.$ZodIssue, prefix: string): Fault[] {
  const place = joinPlace(prefix, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ place: joinPlace(place, [key]), found: 'an unknown key', want: 'a key of docs/configuration.md' }));
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return [{ place, found: 'nothing', want: issue.message }];
  return [{ place, found: isSecret(issue.path) ? HIDDEN : show(issue.input), want: issue.message }];
}

/** Sections in which a secret may stand, if only by mistake. */
const secretive: readonly PropertyKey[] = ['headers', 'basic_auth', 'sasl'];

/** Whether a secret may stand there. Files of secrets are named openly. */
function isSecret(path: readonly PropertyKey[]): boolean {
  return path.some(
    (part) => secretive.includes(part) || /^(?!.*_file$).*(passw|secret|token|authorization|credential)/i.test(String(part)),
  );
}

function joinPlace(prefix: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((place, part) => {
    if (typeof part === 'number') return `${place}[${part}]`;
    return place === '' ? String(part) : `${place}.${String(part)}`;
  }, prefix);
}

/** What was found, short, as it would stand in JSON. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const json = hideUrlPasswords(typeof value === 'number' ? String(value) : JSON.stringify(value));
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

function positionOf(document: Document, lines: LineCounter, place: string): { line?: number; column?: number } {
  const path = place.split(/[.[\]]+/).filter((part) => part !== '');
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(
      path.slice(0, length).map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
      true,
    );
    if (isRanged(node)) {
      const at = lines.linePos(node.range[0]);
      return { line: at.line, column: at.col };
    }
  }
  return {};
}

function isRanged(node: unknown): node is { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
