import { describe, expect, it } from 'vitest';
import { matchesSeries } from './matcher.ts';
import { parseSelector, printSelector } from './selector.ts';

describe('parseSelector', () => {
  it.each([
    ['node_load1', '{__name__="node_load1"}'],
    [' instance:node_cpu:rate5m ', '{__name__="instance:node_cpu:rate5m"}'],
    ['up{}', '{__name__="up"}'],
    ['up{job="a",}', '{__name__="up",job="a"}'],
    ["up { job = 'a' , x !~ `b\\d` }", '{__name__="up",job="a",x!~"b\\\\d"}'],
    ['{__name__=~"a|b"}', '{__name__=~"a|b"}'],
    ['{"my.metric", "a.b"!="c"}', '{__name__="my.metric","a.b"!="c"}'],
    ['up{a="\\u00fc\\x41\\101\\n\\"\\\\"}', '{__name__="up",a="üAA\\n\\"\\\\"}'],
    ['up{a="}",b=","}', '{__name__="up",a="}",b=","}'],
  ])('reads %s', (expr, printed) => {
    expect(printSelector(parseSelector(expr)!)).toBe(printed);
  });

  it.each([
    '',
    ' ',
    'up + 1',
    'rate(up[5m])',
    'up[5m]',
    'up offset 5m',
    'up @ 0',
    '1',
    '"up"',
    '{}',
    '{a=""}',
    '{a=~".*"}',
    'up{',
    'up}',
    'up{job}',
    'up{job=}',
    'up{job=a}',
    'up{job=="a"}',
    'up{,}',
    'up{a="b" c="d"}',
    'up{a:b="c"}',
    'up{a="\\q"}',
    'up{a="b',
    'up up',
    'up{} + 1',
    'up{a="b"}{c="d"}',
    '-up',
    'sum(up)',
  ])('takes %j for no plain selector', (expr) => {
    expect(parseSelector(expr)).toBeUndefined();
  });

  it('matches as it says', () => {
    const { matchers } = parseSelector('up{job=~"a|b",env!="test"}')!;
    expect(matchesSeries(matchers, 'up', { job: 'b' })).toBe(true);
    expect(matchesSeries(matchers, 'up', { job: 'b', env: 'test' })).toBe(false);
    expect(matchesSeries(matchers, 'down', { job: 'b' })).toBe(false);
  });
});
