import { describe, expect, it } from 'vitest';
import { parseRate, parseStateId } from './infiniband.ts';

describe('a port’s files', () => {
  it.each([
    ['40 Gb/sec (4X QDR)\n', 5e9],
    ['2.5 Gb/sec (1X SDR)', 312_500_000],
  ])('give the rate %j in bytes', (text, rate) => expect(parseRate(text)).toBe(rate));
  it('give the number of a state', () => expect(parseStateId('4: ACTIVE\n')).toBe(4));
  it.each(['', 'ACTIVE', 'x: y'])('are refused where they say %j', (text) => {
    expect(() => parseStateId(text)).toThrow(/infiniband state: got/);
    expect(() => parseRate(text)).toThrow(/infiniband rate: got/);
  });
});
