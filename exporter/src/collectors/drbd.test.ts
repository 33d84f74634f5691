import { describe, expect, it } from 'vitest';
import { parseDrbd } from './drbd.ts';

describe('parseDrbd', () => {
  it('gives each device its own fields, none to the heading', () => {
    const text = 'version: 8.4.3 (api:1/proto:86-101)\n\n 1: cs:Connected ro:Primary/Secondary\n    ns:17 oos:2\n 3: cs:Unconfigured\n';
    const devices = parseDrbd(text);
    expect(devices.map(({ device }) => device)).toEqual(['drbd1', 'drbd3']);
    expect([...devices[0].fields]).toEqual([
      ['cs', 'Connected'],
      ['ro', 'Primary/Secondary'],
      ['ns', '17'],
      ['oos', '2'],
    ]);
  });
  it('finds nothing in an empty file', () => expect(parseDrbd('')).toEqual([]));
  it('refuses a count that is none', () => expect(() => parseDrbd(' 1: cs:Connected\n ns:many')).toThrow(/drbd: got "ns:many"/));
});
