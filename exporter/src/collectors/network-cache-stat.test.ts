import { describe, expect, it } from 'vitest';
import { parseNetworkCacheStat } from './network-cache-stat.ts';

describe('parseNetworkCacheStat', () => {
  it('gives the counts of each name by CPU', () =>
    expect([...parseNetworkCacheStat('entries  allocs hits\n00000014  0000000a ffffffff\n00000014 0000000B 00000000\n')]).toEqual([
      ['entries', [20, 20]],
      ['allocs', [10, 11]],
      ['hits', [4294967295, 0]],
    ]));
  it.each(['a b\n1\n', 'a b\n1 2 3\n', 'a\nxyz\n'])('refuses %j', (text) =>
    expect(() => parseNetworkCacheStat(text)).toThrow(/net\/stat: got .*hexadecimal counts/),
  );
});
