import { UsageError } from '@presage/service/command-line.ts';
import { describe, expect, it } from 'vitest';
import { deviceFilter, pattern } from './device-filter.ts';

const filter = (include: string, exclude: string) => deviceFilter({ include: ['a.include', include], exclude: ['a.exclude', exclude] });

describe('deviceFilter', () => {
  it.each([
    ['', '', 'eth0', true],
    ['^eth', '', 'eth0', true],
    ['^eth', '', 'lo', false],
    ['', '^lo$', 'lo', false],
    ['', '^lo$', 'eth0', true],
  ])('include %j, exclude %j: %s shown %s', (include, exclude, name, shown) => {
    const shows = filter(include, exclude);
    expect([shows(name), shows(name)]).toEqual([shown, shown]);
  });
  it('refuses both at once', () => expect(() => filter('a', 'b')).toThrow('--a.include and --a.exclude: got both, want one of them'));
  it('refuses what is no regular expression', () => expect(() => filter('(', '')).toThrow(UsageError));
});

describe('pattern', () => {
  it.each([
    ['(?i)^ETH', 'eth0', true],
    ['\\Aeth0\\z', 'eth0', true],
    ['\\Aeth0\\z', 'eth01', false],
    ['(?P<name>eth)\\d', 'eth7', true],
  ])('%s on %s is %s', (text, name, matches) => expect(pattern('x', text).test(name)).toBe(matches));
});
