import { describe, expect, it } from 'vitest';
import { compileMatcher, matchesSeries, type MatcherOperator } from './matcher.ts';

describe('compileMatcher', () => {
  it.each<[MatcherOperator, string, string, boolean]>([
    ['=', 'a', 'a', true],
    ['=', 'a', 'ab', false],
    ['=', '', '', true],
    ['!=', 'a', '', true],
    ['!=', 'a', 'a', false],
    ['=~', 'a|b', 'b', true],
    ['=~', 'a|b', 'ab', false],
    ['=~', 'a', 'xax', false],
    ['=~', '', '', true],
    ['=~', '', 'a', false],
    ['=~', '.*', '', true],
    ['=~', '.+', '', false],
    ['=~', 'a.b', 'a\nb', true],
    ['=~', '(?i)web-[0-9]+', 'WEB-12', true],
    ['=~', '\\p{Greek}+', 'λόγος', true],
    ['!~', 'a|b', 'c', true],
    ['!~', 'a|b', 'a', false],
  ])('x%s"%s" on "%s" is %s', (operator, pattern, value, passes) => {
    expect(compileMatcher('x', operator, pattern).matches(value)).toBe(passes);
  });

  it.each([
    ['an unclosed group', '(a'],
    ['a look-ahead, which RE2 does not have', '(?=a)'],
    ['a back reference, which RE2 does not have', '(a)\\1'],
    ['a repetition that would blow up', '((a{1000}){1000}){1000}'],
    ['an endless expression', 'a'.repeat(70_000)],
  ])('refuses %s', (_, pattern) => {
    expect(() => compileMatcher('host', '=~', pattern)).toThrow('matcher on "host"');
  });

  it('answers in linear time where backtracking would not end', () => {
    expect(compileMatcher('x', '=~', '(a*)*b').matches('a'.repeat(20_000))).toBe(false);
  });
});

describe('matchesSeries', () => {
  it('takes a missing label for an empty one, inherited properties included', () => {
    const matchers = [compileMatcher('__name__', '=', 'up'), compileMatcher('constructor', '=', ''), compileMatcher('job', '!=', '')];
    expect(matchesSeries(matchers, 'up', { job: 'node' })).toBe(true);
    expect(matchesSeries(matchers, 'up', {})).toBe(false);
    expect(matchesSeries(matchers, 'down', { job: 'node' })).toBe(false);
  });
});
