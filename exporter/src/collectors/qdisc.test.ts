import { describe, expect, it } from 'vitest';
import { netlinkAttribute, netlinkRequest } from '../host/netlink.ts';
import { parseFixture, parseQdiscs } from './qdisc.ts';

function qdiscMessage(index: number, parent: number, kind: string): Buffer {
  const head = Buffer.alloc(20);
  head.writeInt32LE(index, 4);
  head.writeUInt32LE(parent, 12);
  const basic = Buffer.alloc(12);
  basic.writeBigUInt64LE(5_000_000_000n, 0);
  basic.writeUInt32LE(7, 8);
  const queue = Buffer.alloc(20);
  [1, 2, 3, 4, 5].forEach((count, place) => queue.writeUInt32LE(count, 4 * place));
  const stats = Buffer.concat([netlinkAttribute(1, basic), netlinkAttribute(3, queue)]);
  return netlinkRequest(36, Buffer.concat([head, netlinkAttribute(1, Buffer.from(`${kind}\0`)), netlinkAttribute(7, stats)]), false);
}

describe('parseQdiscs', () => {
  const interfaces = new Map([[2, 'eth0']]);
  it('shows what stands at the root of an interface, with its counts', () =>
    expect(parseQdiscs([Buffer.concat([qdiscMessage(2, 0xffffffff, 'fq'), qdiscMessage(2, 1, 'fq_codel')])], interfaces)).toEqual([
      { device: 'eth0', kind: 'fq', bytes: 5e9, packets: 7, queueLength: 1, backlog: 2, drops: 3, requeues: 4, overlimits: 5 },
    ]));
  it('passes over an interface without a name', () => expect(parseQdiscs([qdiscMessage(9, 0xffffffff, 'fq')], interfaces)).toEqual([]));
  it('refuses a message that is cut', () =>
    expect(() => parseQdiscs([qdiscMessage(2, 0xffffffff, 'fq').subarray(0, 40)], interfaces)).toThrow(/whole/));
});

describe('parseFixture', () => {
  it('counts what is left out as 0', () =>
    expect(parseFixture('[{"IfaceName":"eth0","Kind":"fq","Bytes":42}]')).toMatchObject([
      { device: 'eth0', kind: 'fq', bytes: 42, drops: 0 },
    ]));
  it('refuses what is no list', () => expect(() => parseFixture('{}')).toThrow(/list/));
});
