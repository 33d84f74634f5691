import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration, parseGoDuration } from './duration.ts';

describe('parseDuration', () => {
  // The first nine are the table of prometheus/common model/time_test.go, TestParseDuration.
  it.each([
    ['0', 0],
    ['0w', 0],
    ['0s', 0],
    ['324ms', 0.324],
    ['3s', 3],
    ['5m', 300],
    ['1h', 3600],
    ['4d', 345_600],
    ['4d1h', 349_200],
    ['14d', 1_209_600],
    ['3w', 1_814_400],
    ['3w2d1h', 1_990_800],
    ['10y', 315_360_000],
    ['1m30s', 90],
    ['90s', 90],
    ['1d250ms', 86_400.25],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', ' 1s', '1s ', '1', '1.5s', '-1w', '1y1m1d', '30s1m', 's', '5h1h', '1S', '1e3s', '１s', '294y', '99999999999999999999h'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [0.324, '324ms'],
    [90, '1m30s'],
    [604_800, '1w'],
    [691_200, '8d'],
    [864_000, '10d'],
    [1_209_600, '2w'],
    [31_536_000, '1y'],
    [31_536_001, '365d1s'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each(['1m30s', '2w', '1y', '3h20m', '1d1ms'])('gives %s back after reading it', (text) => {
    expect(formatDuration(parseDuration(text)!)).toBe(text);
  });

  it.each([-1, NaN, Infinity])('refuses %d', (seconds) => {
    expect(() => formatDuration(seconds)).toThrow(RangeError);
  });
});

describe('parseGoDuration', () => {
  // From the table of Go's time/time_test.go, parseDurationTests.
  it.each([
    ['0', 0],
    ['5s', 5],
    ['-5s', -5],
    ['+5s', 5],
    ['5.s', 5],
    ['.5s', 0.5],
    ['1.004s', 1.004],
    ['10ns', 1e-8],
    ['12µs', 1.2e-5],
    ['12us', 1.2e-5],
    ['3h30m', 12_600],
    ['10.5s4m', 250.5],
    ['39h9m14.425s', 140_954.425],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseGoDuration(text)).toBeCloseTo(seconds, 9);
  });

  it.each(['', '3', '-', 's', '.', '-.', '.s', '1d', '1w', '5 s', '9223372036854775808s'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });
});
