import { createRequire } from 'node:module';
import type { Document } from 'yaml';
import { UsageError } from './command-line.ts';
import { errorText } from './log.ts';
import { nearest } from './nearest.ts';

/** Where a value stands in its file: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** Collects every fault of a file instead of stopping at the first. */
export interface Faults {
  add(path: Path, found: string, want: string): void;
}

/** Reads one value of a configuration file; `undefined` stands for an absent one. After a fault it gives whatever fits the type. */
export interface Decoder<T> {
  decode(value: unknown, path: Path, faults: Faults): T;
}

/** What a decoder gives. */
export type DecodedBy<D> = D extends Decoder<infer T> ? T : never;

export type Decoded<S> = { readonly [K in keyof S]: S[K] extends Decoder<infer T> ? T : never };

/** Every fault of a configuration file, a line each: place, finding, wish. */
export class ConfigurationError extends UsageError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/**
 * Reads a YAML text (1.1, as Go's yaml package: yes and no are booleans, `<<` merges). An empty text is an empty mapping.
 * Throws ConfigurationError with all faults, each as `name:line: path: got …, want …`.
 */
export function decodeYaml<T>(text: string, fileName: string, decoder: Decoder<T>): T {
  const { value, lineOf } = text.trim() === '' ? { value: {}, lineOf: () => 1 } : readYaml(text, fileName);
  const found: string[] = [];
  const faults: Faults = {
    add: (path, finding, want) => {
      found.push(`${fileName}:${lineOf(path)}: ${path.length === 0 ? '' : `${pathText(path)}: `}got ${finding}, want ${want}`);
    },
  };
  const decoded = decoder.decode(value, [], faults);
  if (found.length > 0) throw new ConfigurationError(found);
  return decoded;
}

/** A YAML text as plain values, and the line of each path in it. */
function readYaml(text: string, fileName: string): { readonly value: unknown; readonly lineOf: (path: Path) => number } {
  const { LineCounter, parseDocument } = yamlLibrary();
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      document.errors.map(({ message, pos }) => `${fileName}:${lines.linePos(pos[0]).line}: ${message}, want valid YAML`),
    );
  }
  return { value: toPlain(document, fileName) ?? {}, lineOf: (path) => lines.linePos(offsetOf(document, path)).line };
}

const require = createRequire(import.meta.url);

/** Loaded when there is a file to read: it takes 7 MB, which an exporter without files need not hold. */
function yamlLibrary(): typeof import('yaml') {
  return require('yaml');
}

/** Throws ConfigurationError for aliases that would unfold without end. */
function toPlain(document: Document.Parsed, fileName: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new ConfigurationError([`${fileName}: ${errorText(error)}, want fewer aliases`]);
  }
}

/** The place of the innermost part of the path that the text names; a key that is missing is shown at its parent. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) return Number(node.range[0]);
  }
  return 0;
}

/** `watches[2].step` */
function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

/** What a value looks like in a message; long ones are cut. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/** A mapping with these keys and no others. */
export function mapping<S extends Readonly<Record<string, Decoder<unknown>>>>(shape: S): Decoder<Decoded<S>> {
  return {
    decode: (value, path, faults) => {
      const given = entriesOf(value ?? {}, path, faults);
      for (const name of Object.keys(given)) {
        if (Object.hasOwn(shape, name)) continue;
        const guess = nearest(name, Object.keys(shape));
        faults.add(
          [...path, name],
          'an unknown key',
          guess === undefined ? `one of ${Object.keys(shape).join(', ')}` : `${guess}, if that was meant`,
        );
      }
      const decoded: Record<string, unknown> = {};
      for (const [name, decoder] of Object.entries(shape)) {
        const own = Object.hasOwn(given, name) ? given[name] : undefined;
        decoded[name] = decoder.decode(own ?? undefined, [...path, name], faults);
      }
      if (!isComplete(shape, decoded)) throw new Error('a key was not decoded');
      return decoded;
    },
  };
}

/** Each value came from the decoder under the same key, so having every key is having every type. */
function isComplete<S extends Readonly<Record<string, Decoder<unknown>>>>(shape: S, decoded: object): decoded is Decoded<S> {
  return Object.keys(shape).every((name) => Object.hasOwn(decoded, name));
}

/** A mapping of any keys to values of one kind; the check sees each key. */
export function dictionary<T>(decoder: Decoder<T>, checkKey?: (key: string) => string | undefined): Decoder<ReadonlyMap<string, T>> {
  return {
    decode: (value, path, faults) => {
      const decoded = new Map<string, T>();
      for (const [name, own] of Object.entries(entriesOf(value ?? {}, path, faults))) {
        const want = checkKey?.(name);
        if (want !== undefined) faults.add([...path, name], JSON.stringify(name), want);
        decoded.set(name, decoder.decode(own ?? undefined, [...path, name], faults));
      }
      return decoded;
    },
  };
}

function entriesOf(value: unknown, path: Path, faults: Faults): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.fromEntries(Object.entries(value));
  faults.add(path, shown(value), 'a mapping');
  return {};
}

/** A list; absent is empty. */
export function list<T>(decoder: Decoder<T>): Decoder<readonly T[]> {
  return {
    decode: (value, path, faults) => {
      if (value === undefined) return [];
      if (Array.isArray(value)) return value.map((entry: unknown, index) => decoder.decode(entry ?? undefined, [...path, index], faults));
      faults.add(path, shown(value), 'a list');
      return [];
    },
  };
}

/** A text; numbers and booleans are taken as written. The check gives a wish for what does not serve. A secret is never shown. */
export function text(
  options: { readonly default?: string; readonly secret?: boolean; readonly check?: (value: string) => string | undefined } = {},
): Decoder<string> {
  return {
    decode: (value, path, faults) => {
      if (value === undefined) return options.default ?? '';
      const show = options.secret === true ? '<secret>' : shown(value);
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
        faults.add(path, show, 'a text');
        return '';
      }
      const want = options.check?.(String(value));
      if (want !== undefined) faults.add(path, show, want);
      return String(value);
    },
  };
}

/** One of a few words, each standing for a value. */
export function choice<T>(words: Readonly<Record<string, T>>, fallback: T): Decoder<T> {
  return {
    decode: (value, path, faults) => {
      if (value === undefined) return fallback;
      if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value];
      faults.add(
        path,
        shown(value),
        `one of ${Object.keys(words)
          .filter((word) => word !== '')
          .join(', ')}`,
      );
      return fallback;
    },
  };
}

export function bool(fallback: boolean): Decoder<boolean> {
  return scalar(fallback, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
}

/** A whole number within bounds that are allowed themselves. */
export function integer(fallback: number, min: number, max: number): Decoder<number> {
  const want = max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  return scalar(fallback, want, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined,
  );
}

/** A value that `read` understands; it gives undefined for what it does not. */
export function scalar<T>(fallback: T, want: string, read: (value: unknown) => T | undefined): Decoder<T> {
  return {
    decode: (value, path, faults) => {
      if (value === undefined) return fallback;
      const decoded = read(value);
      if (decoded !== undefined) return decoded;
      faults.add(path, shown(value), want);
      return fallback;
    },
  };
}

/** The same, but absent is a fault. */
export function required<T>(decoder: Decoder<T>, want: string): Decoder<T> {
  return {
    decode: (value, path, faults) => {
      if (value === undefined) faults.add(path, 'nothing', want);
      return decoder.decode(value, path, faults);
    },
  };
}

/** Decodes, then looks at the whole unless a part was faulty: `judge` may add faults about how parts go together. */
export function judged<T>(decoder: Decoder<T>, judge: (value: T, path: Path, faults: Faults) => void): Decoder<T> {
  return {
    decode: (value, path, faults) => {
      let sound = true;
      const watched: Faults = {
        add: (...fault) => {
          sound = false;
          faults.add(...fault);
        },
      };
      const decoded = decoder.decode(value, path, watched);
      if (sound) judge(decoded, path, faults);
      return decoded;
    },
  };
}
