import { describe, expect, it } from 'vitest';
import { parseBuddyinfo } from './buddyinfo.ts';

describe('parseBuddyinfo', () => {
  it('reads as many sizes as the kernel has', () =>
    expect(parseBuddyinfo('Node 0, zone      DMA      1      0 \nNode 12, zone   Normal   2210    914     77\n')).toEqual([
      { node: '0', zone: 'DMA', counts: [1, 0] },
      { node: '12', zone: 'Normal', counts: [2210, 914, 77] },
    ]));
  it('finds nothing in an empty file', () => expect(parseBuddyinfo('')).toEqual([]));
  it.each(['Node 0, zone DMA', 'Node 0, zone DMA 1 x', 'zone DMA 1'])('refuses %j', (text) =>
    expect(() => parseBuddyinfo(text)).toThrow(/buddyinfo: got/),
  );
});
