import { describe, expect, it } from 'vitest';
import { bcacheNumber } from './bcache-numbers.ts';
import { parseBcacheLines } from './bcache.ts';

describe('bcacheNumber', () => {
  it.each([
    ['0\n', 0],
    ['17', 17],
    ['-1.5k', -1524],
    ['1.9k', 1924],
    ['1.10k', 2024],
    ['20.4G', 21894266880],
    ['1Y', 1024 ** 8],
  ])('reads %j', (text, value) => expect(bcacheNumber(text)).toBe(value));
  it.each(['', 'k', '1.2.3k', '1Q', '1 k', 'N/A'])('refuses %j', (text) => expect(() => bcacheNumber(text)).toThrow(/bcache: got/));
});

describe('parseBcacheLines', () => {
  it('leaves units off and passes over lists and other lines', () =>
    expect([...parseBcacheLines('rate:\t\t4.0k/sec\nnext io:\t-221ms\nUnused:\t\t41%\nQuantiles:\t[0 1]\nx\n')]).toEqual([
      ['rate', 4096],
      ['next io', -221],
      ['Unused', 41],
    ]));
});
