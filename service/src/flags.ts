import { DURATION_WISH, formatDuration, parseDuration } from './duration.ts';

export type FlagKind = 'string' | 'int' | 'duration' | 'boolean' | 'list' | 'choice';

/** One flag, without its name: that is its key in the schema (`'web.listen-address'`). */
export interface Flag<T> {
  readonly kind: FlagKind;
  readonly help: string;
  readonly default: T;
  /** The default as it would be typed; empty where there is nothing to show. */
  readonly defaultText: string;
  /** A required flag has no default that could serve. */
  readonly required: boolean;
  /** The values that may be given, of a choice. */
  readonly choices: readonly string[];
  /** Reads the texts given on the command line or in a file, one per time the flag was given. Gives a Wish if they do not serve. */
  parse(texts: readonly string[]): { readonly value: T } | Wish;
}

/** Why a text is not a flag's value: what was found, what is wanted. */
export interface Wish {
  readonly found: string;
  readonly want: string;
}

/** Flags by their names. A key that holds flags itself is a group: it groups the values, and is no part of the names. */
export interface FlagSchema {
  readonly [name: string]: Flag<unknown> | FlagSchema;
}

/** The parsed, frozen values of a schema, under the keys of the schema. */
export type FlagValues<S extends FlagSchema> = {
  readonly [K in keyof S]: S[K] extends Flag<infer T> ? T : S[K] extends FlagSchema ? FlagValues<S[K]> : never;
};

export const isFlag = (entry: Flag<unknown> | FlagSchema): entry is Flag<unknown> => typeof entry.parse === 'function';

/** Says what a value lacks, as a wish ("an address such as :9100"), or nothing. */
type Check<T> = (value: T) => string | undefined;

interface FlagOptions<T> {
  readonly help: string;
  readonly default?: T;
  readonly check?: Check<T>;
}

/** A text. Without a default it is the empty text; with `required` the program does not start without it. */
export function stringFlag(options: FlagOptions<string> & { readonly required?: boolean }): Flag<string> {
  const fallback = options.default ?? '';
  return { ...scalar('string', options, fallback, fallback, (text) => ({ value: text })), required: options.required ?? false };
}

/** A whole number, negative too unless `min` says otherwise; `min` and `max` are allowed themselves. */
export function intFlag(
  options: FlagOptions<number> & { readonly default: number; readonly min?: number; readonly max?: number },
): Flag<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  return scalar('int', options, options.default, String(options.default), (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || value < min || value > max)
      return { found: JSON.stringify(text), want: intWish(options.min, options.max) };
    return { value };
  });
}

function intWish(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return `a whole number from ${min} to ${max}`;
  if (min !== undefined) return `a whole number of at least ${min}`;
  return max === undefined ? 'a whole number' : `a whole number of at most ${max}`;
}

/** A duration in Prometheus' syntax; the value is in seconds. */
export function durationFlag(options: FlagOptions<number> & { readonly default: number }): Flag<number> {
  return scalar('duration', options, options.default, formatDuration(options.default), (text) => {
    const value = parseDuration(text);
    return value === undefined ? { found: JSON.stringify(text), want: DURATION_WISH } : { value };
  });
}

/** A switch: `--name` turns it on, `--no-name` off. */
export function booleanFlag(options: FlagOptions<boolean>): Flag<boolean> {
  const fallback = options.default ?? false;
  return scalar('boolean', options, fallback, fallback ? 'true' : '', (text) =>
    text === 'true' || text === 'false' ? { value: text === 'true' } : { found: JSON.stringify(text), want: 'true or false' },
  );
}

/** One of a few words; the value's type is these words. */
export function choiceFlag<const C extends string>(choices: readonly C[], options: FlagOptions<C> & { readonly default: C }): Flag<C> {
  const flag = scalar('choice', options, options.default, options.default, (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { found: JSON.stringify(text), want: `one of ${choices.join(', ')}` } : { value };
  });
  return { ...flag, choices };
}

/** A text that may be given several times; given once, it replaces the whole default. The check sees each text. */
export function listFlag(options: {
  readonly help: string;
  readonly default?: readonly string[];
  readonly check?: Check<string>;
}): Flag<readonly string[]> {
  const fallback = Object.freeze([...(options.default ?? [])]);
  return {
    kind: 'list',
    help: options.help,
    default: fallback,
    defaultText: fallback.join(' '),
    required: false,
    choices: [],
    parse: (texts) => {
      for (const text of texts) {
        const want = options.check?.(text);
        if (want !== undefined) return { found: JSON.stringify(text), want };
      }
      return { value: Object.freeze([...texts]) };
    },
  };
}

function scalar<T>(
  kind: FlagKind,
  options: FlagOptions<T>,
  fallback: T,
  defaultText: string,
  read: (text: string) => { readonly value: T } | Wish,
): Flag<T> {
  return {
    kind,
    help: options.help,
    default: fallback,
    defaultText,
    required: false,
    choices: [],
    parse: (texts) => {
      if (texts.length !== 1) return { found: `${texts.length} values`, want: 'it once' };
      const result = read(texts[0]);
      if (!('value' in result)) return result;
      const want = options.check?.(result.value);
      return want === undefined ? result : { found: JSON.stringify(texts[0]), want };
    },
  };
}

/** Every flag of a schema with its name, groups opened, in the order of the schema. Throws Error if a name stands twice. */
export function listFlags(schema: FlagSchema): ReadonlyMap<string, Flag<unknown>> {
  const flags = new Map<string, Flag<unknown>>();
  const walk = (part: FlagSchema) => {
    for (const [name, entry] of Object.entries(part)) {
      if (!isFlag(entry)) walk(entry);
      else if (flags.has(name)) throw new Error(`flag --${name}: defined twice, want each flag in one place`);
      else flags.set(name, entry);
    }
  };
  walk(schema);
  return flags;
}
