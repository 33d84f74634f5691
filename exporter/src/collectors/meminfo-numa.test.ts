import { describe, expect, it } from 'vitest';
import { parseNodeMeminfo, parseNumastat } from './meminfo-numa.ts';

describe('the memory of a node', () => {
  it('is in bytes, counts are as they are', () =>
    expect([...parseNodeMeminfo('\nNode 0 Active(anon):     3 kB\nNode 0 HugePages_Total:     4\n')]).toEqual([
      ['Active_anon', 3072],
      ['HugePages_Total', 4],
    ]));
  it.each(['Node 0 MemTotal', 'MemTotal: 3 kB', 'Node 0 MemTotal: x kB'])('is refused as %j', (text) =>
    expect(() => parseNodeMeminfo(text)).toThrow(/node meminfo: got/),
  );
  it('has its page counts', () => {
    expect([...parseNumastat('numa_hit 12\nother_node 0\n')]).toEqual([
      ['numa_hit', 12],
      ['other_node', 0],
    ]);
    expect(() => parseNumastat('numa_hit\n')).toThrow(/numastat: got/);
  });
});
