import { UsageError } from '@presage/service/command-line.ts';

/** Whether a name is to be shown. */
export type DeviceFilter = (name: string) => boolean;

/** The flags a filter is made of: their full names, for errors, and their values; an empty value is no pattern. */
export interface FilterPatterns {
  readonly include: readonly [flag: string, value: string];
  readonly exclude: readonly [flag: string, value: string];
}

/**
 * A filter of two patterns of which at most one may be given, as node_exporter's `…-include` and `…-exclude` flags. It remembers its
 * answers. Throws UsageError for both at once and for what is no regular expression.
 */
export function deviceFilter({ include, exclude }: FilterPatterns): DeviceFilter {
  if (include[1] !== '' && exclude[1] !== '') throw new UsageError(`--${include[0]} and --${exclude[0]}: got both, want one of them`);
  const wanted = include[1] === '' ? undefined : pattern(...include);
  const unwanted = exclude[1] === '' ? undefined : pattern(...exclude);
  const known = new Map<string, boolean>();
  return (name) => {
    let shown = known.get(name);
    if (shown === undefined) {
      shown = (wanted === undefined || wanted.test(name)) && (unwanted === undefined || !unwanted.test(name));
      if (known.size < MOST_KNOWN) known.set(name, shown);
    }
    return shown;
  };
}

/** Names come and go on container hosts; beyond this many, answers are worked out anew. */
const MOST_KNOWN = 10_000;

/**
 * A flag's value as a regular expression in Go's syntax, of which a leading `(?i)`, `(?s)`, `(?m)`, `\A`, `\z` and named groups are
 * translated. Throws UsageError for what neither side understands.
 */
export function pattern(flag: string, text: string): RegExp {
  const lead = /^\(\?([ims]+)\)/.exec(text);
  const body = text
    .slice(lead?.[0].length ?? 0)
    .replaceAll(/(?<!\\)((?:\\\\)*)\\A/g, '$1^')
    .replaceAll(/(?<!\\)((?:\\\\)*)\\z/g, '$1$')
    .replaceAll('(?P<', '(?<');
  try {
    return new RegExp(body, lead?.[1] ?? '');
  } catch (cause) {
    throw new UsageError(`--${flag}: got ${JSON.stringify(text)}, want a regular expression`, { cause });
  }
}
