import { text, type Decoder } from '@presage/service/decode.ts';
import { createRequire } from 'node:module';

/** A regular expression in RE2's syntax, which is Go's: linear time on whatever a target sends. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches anywhere in the text. */
  test(subject: string): boolean;
  /** The groups of the first match, by number and name; undefined without one. */
  groups(subject: string): ReadonlyMap<string, string> | undefined;
}

const require = createRequire(import.meta.url);

/** Loaded with the first expression: it takes 3 MB. */
function re2Library(): typeof import('re2js') {
  return require('re2js');
}

/** Throws Error for what RE2 does not take. */
export function compilePattern(source: string): Pattern {
  const compiled = re2Library().RE2JS.compile(source);
  return {
    source,
    test: (subject) => compiled.matcher(subject).find(),
    groups: (subject) => {
      const matcher = compiled.matcher(subject);
      if (!matcher.find()) return undefined;
      const groups = new Map<string, string>();
      for (let group = 0; group <= matcher.groupCount(); group += 1) groups.set(String(group), matcher.group(group) ?? '');
      for (const [name, group] of Object.entries(compiled.namedGroups())) groups.set(name, matcher.group(group) ?? '');
      return groups;
    },
  };
}

/** `$1`, `${1}` and `${name}` in a template by the groups of a match, `$$` as `$` (Go's Regexp.Expand). Unknown groups are empty. */
export function expand(template: string, groups: ReadonlyMap<string, string>): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === '$$' ? '$' : (groups.get(braced ?? bare ?? '') ?? ''),
  );
}

/** A pattern in a configuration file; required. */
export function pattern(): Decoder<Pattern> {
  const source = text();
  return {
    decode: (value, path, faults) => {
      const written = source.decode(value, path, faults);
      if (value === undefined) faults.add(path, 'nothing', 'a regular expression');
      try {
        return compilePattern(written);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        faults.add(path, `${JSON.stringify(written)} (${why})`, "a regular expression in RE2's syntax");
        return compilePattern('');
      }
    },
  };
}
