import { describe, expect, it } from 'vitest';
import { parseDiskstats, parseUdev } from './diskstats.ts';

describe('parseDiskstats', () => {
  it('reads as many counts as the kernel writes, at most seventeen', () => {
    const [old, recent] = parseDiskstats(
      '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n 259 0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19\n',
    );
    expect(old).toEqual({ major: '8', minor: '0', device: 'sda', counts: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] });
    expect(recent.counts).toHaveLength(17);
  });
  it('reads nothing from an empty file', () => expect(parseDiskstats('')).toEqual([]));
  it.each(['8 0 sda\n', '8 0 sda 1 2 x 4\n', '\0\n'])('refuses %j', (text) => expect(() => parseDiskstats(text)).toThrow(/diskstats: got/));
});

describe('parseUdev', () => {
  it('takes properties alone and keeps equals signs in values', () =>
    expect([...parseUdev('S:disk/x=1\nE:ID_PATH=a=b\nE:X\nI:7\n')]).toEqual([['ID_PATH', 'a=b']]));
});
