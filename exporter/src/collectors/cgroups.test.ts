import { describe, expect, it } from 'vitest';
import { parseCgroups } from './cgroups.ts';

describe('parseCgroups', () => {
  it('reads controllers that are off too', () =>
    expect(parseCgroups('#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t172\t1\nrdma\t0\t1\t0')).toEqual([
      { name: 'cpu', groups: 172, enabled: 1 },
      { name: 'rdma', groups: 1, enabled: 0 },
    ]));
  it('finds nothing in an empty file', () => expect(parseCgroups('')).toEqual([]));
  it.each(['cpu', 'cpu 3 x 1', 'cpu 3 172 2'])('refuses %j', (text) => expect(() => parseCgroups(text)).toThrow(/cgroups: got/));
});
