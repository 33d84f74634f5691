import { describe, expect, it } from 'vitest';
import { countArp } from './arp.ts';

const heading = 'IP address       HW type     Flags       HW address            Mask     Device\n';

describe('countArp', () => {
  it('counts the entries of each interface', () => {
    const text = `${heading}10.0.0.1 0x1 0x2 52:54:00:00:00:01 * eth0\n10.0.0.2 0x1 0x0 00:00:00:00:00:00 * eth0\n10.1.0.1 0x1 0x2 52:54:00:00:00:02 * br-1.5\n`;
    expect([...countArp(text)]).toEqual([
      ['eth0', 2],
      ['br-1.5', 1],
    ]);
  });
  it('finds nothing in an empty table', () => expect([...countArp(heading), ...countArp('')]).toEqual([]));
  it('refuses a line that is cut', () => expect(() => countArp(`${heading}10.0.0.1 0x1 0x2`)).toThrow(/net\/arp: got .*want six columns/));
});
