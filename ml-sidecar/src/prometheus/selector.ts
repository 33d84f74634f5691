import { compileMatcher, type Matcher, type MatcherOperator } from './matcher.ts';

/** A PromQL vector selector: a set of series. */
export interface Selector {
  /** All matchers, that of the name among them. */
  readonly matchers: readonly Matcher[];
}

/**
 * The selector that `expr` is, with nothing around it: `name`, `name{…}`, `{…}`, and `{"quoted.name", …}` of Prometheus 3.
 * Undefined for every other expression, and for one that Prometheus would refuse. Throws a MatcherError for a bad regular expression.
 */
export function parseSelector(expr: string): Selector | undefined {
  const tokens = tokenize(expr);
  if (!tokens) return undefined;
  const matchers: Matcher[] = [];
  let at = 0;
  if (tokens[0]?.kind === 'word') matchers.push(compileMatcher('__name__', '=', tokens[at++].text));
  if (at === tokens.length) return matchers.length > 0 ? { matchers } : undefined;
  if (tokens[at++].text !== '{') return undefined;
  while (at < tokens.length - 1) {
    const read = readMatcher(tokens, at);
    if (!read) return undefined;
    matchers.push(read.matcher);
    at = read.at;
    if (tokens[at]?.text === ',') at += 1;
    else if (at !== tokens.length - 1) return undefined;
  }
  return tokens[at]?.text === '}' && isSelective(matchers) ? { matchers } : undefined;
}

/** The selector as PromQL. */
export function printSelector({ matchers }: Selector): string {
  return `{${matchers.map(({ label, operator, pattern }) => `${printLabel(label)}${operator}${JSON.stringify(pattern)}`).join(',')}}`;
}

interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  readonly text: string;
}

const grammar = /\s+|(?<word>[a-zA-Z_:][\w:]*)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?<sign>=~|!~|!=|[={},])/y;

function tokenize(expr: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < expr.length;) {
    grammar.lastIndex = at;
    const match = grammar.exec(expr);
    if (!match) return undefined;
    at = grammar.lastIndex;
    const { word, string, sign } = match.groups ?? {};
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (string !== undefined) {
      const text = unquote(string);
      if (text === undefined) return undefined;
      tokens.push({ kind: 'string', text });
    }
  }
  return tokens;
}

function readMatcher(tokens: readonly Token[], start: number): { readonly matcher: Matcher; readonly at: number } | undefined {
  const [label, operator, value] = tokens.slice(start, start + 3);
  if (label.kind === 'string' && (operator.text === ',' || operator.text === '}') && operator.kind === 'sign')
    return { matcher: compileMatcher('__name__', '=', label.text), at: start + 1 };
  const sign = operators.find((known) => known === operator?.text);
  if (label.kind === 'sign' || operator?.kind !== 'sign' || !sign || value?.kind !== 'string') return undefined;
  if (label.kind === 'word' && label.text.includes(':')) return undefined;
  return { matcher: compileMatcher(label.text, sign, value.text), at: start + 3 };
}

const operators: readonly MatcherOperator[] = ['=', '!=', '=~', '!~'];

/** Prometheus refuses a selector that an empty label set would pass. */
function isSelective(matchers: readonly Matcher[]): boolean {
  return matchers.some((matcher) => !matcher.matches(''));
}

/** Go's string escapes, which PromQL uses; undefined for one that it does not have. */
function unquote(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith('`')) return inner;
  let known = true;
  const text = inner.replaceAll(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/g, (_, x, u, U, octal, sign) => {
    const code = parseInt(x ?? u ?? U ?? '', 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
    const escape = escapes.get(sign);
    known &&= escape !== undefined;
    return escape ?? '';
  });
  return known ? text : undefined;
}

const escapes: ReadonlyMap<unknown, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/** Names outside the classic alphabet are quoted, as Prometheus 3 has it. */
function printLabel(label: string): string {
  return /^[a-zA-Z_]\w*$/.test(label) ? label : JSON.stringify(label);
}
