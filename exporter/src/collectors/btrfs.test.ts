import { describe, expect, it } from 'vitest';
import { allocationRatio, parseCommitStats } from './btrfs.ts';

describe('parseCommitStats', () => {
  it('gives seconds', () =>
    expect(parseCommitStats('commits 8\nlast_commit_ms 23\nmax_commit_ms 1450\ntotal_commit_ms 90210\n')).toEqual({
      commits: 8,
      last: 0.023,
      longest: 1.45,
      total: 90.21,
    }));
  it('is all zero for a kernel that does not count', () =>
    expect(parseCommitStats('')).toEqual({ commits: 0, last: 0, longest: 0, total: 0 }));
});

describe('allocationRatio', () => {
  it.each([
    ['single', 1, 1],
    ['raid0', 4, 1],
    ['dup', 1, 2],
    ['raid1', 3, 2],
    ['raid10', 4, 2],
    ['raid1c3', 3, 3],
    ['raid1c4', 4, 4],
    ['raid5', 3, 1.5],
    ['raid6', 4, 2],
    ['raid99', 4, 0],
  ])('of %s on %d devices is %d', (mode, devices, ratio) => expect(allocationRatio(mode, devices)).toBe(ratio));
});
