import { RE2JS } from 're2js';

/** How a matcher compares, as PromQL writes it. */
export type MatcherOperator = '=' | '!=' | '=~' | '!~';

/** One `label="value"` of a selector, compiled. */
export interface Matcher {
  readonly label: string;
  readonly operator: MatcherOperator;
  /** As given: text or expression. */
  readonly pattern: string;
  /** Whether a label value passes; a label that a series does not have is `''`. */
  matches(value: string): boolean;
}

/** A matcher that cannot be compiled. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError';
}

/** Longest regular expression that is compiled; a dashboard's list of a thousand hosts stays below. */
const maxPatternLength = 65_536;

/**
 * Compiles a matcher. Regular expressions are RE2's, which Prometheus uses: anchored at both ends, `.` matches a line break,
 * linear in the input. Throws a MatcherError.
 */
export function compileMatcher(label: string, operator: MatcherOperator, pattern: string): Matcher {
  const equal = operator === '=' || operator === '=~';
  const test = operator === '=' || operator === '!=' ? (value: string) => value === pattern : compilePattern(label, pattern);
  return { label, operator, pattern, matches: (value) => test(value) === equal };
}

/** Whether a series passes all matchers. */
export function matchesSeries(matchers: readonly Matcher[], name: string, labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => matcher.matches(valueOf(matcher.label, name, labels)));
}

function valueOf(label: string, name: string, labels: Readonly<Record<string, string>>): string {
  if (label === '__name__') return name;
  return Object.hasOwn(labels, label) ? labels[label] : '';
}

function compilePattern(label: string, pattern: string): (value: string) => boolean {
  if (pattern.length > maxPatternLength)
    throw new MatcherError(
      `matcher on ${JSON.stringify(label)}: got an expression of ${pattern.length} characters, want at most ${maxPatternLength}`,
    );
  try {
    const expression = RE2JS.compile(pattern, RE2JS.DOTALL);
    return (value) => expression.matches(value);
  } catch (error) {
    throw new MatcherError(`matcher on ${JSON.stringify(label)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
