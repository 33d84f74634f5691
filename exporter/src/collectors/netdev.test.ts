import { describe, expect, it } from 'vitest';
import { addressInfo } from './netdev-addresses.ts';
import { parseNetDev } from './netdev.ts';

const head = 'Inter-|   Receive | Transmit\n face |bytes ...\n';

describe('parseNetDev', () => {
  it('reads names that touch their first count, and names with a colon', () => {
    const text = `${head}    lo:435303245 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`;
    expect(parseNetDev(text).map(({ device, counts }) => [device, counts[0], counts[15]])).toEqual([
      ['lo', 435303245, 16],
      ['eth0:1', 1, 16],
    ]);
  });
  it('finds no interface in an empty file', () => expect(parseNetDev('')).toEqual([]));
  it('refuses a line with fewer counts', () => expect(() => parseNetDev(`${head}eth0: 1 2 3\n`)).toThrow(/net\/dev: got .*want 16 counts/));
});

describe('addressInfo', () => {
  it('gives prefix length and scope of each address', () => {
    const of = (address: string, cidr: string, internal = false) => ({
      address,
      cidr,
      internal,
      netmask: '',
      mac: '',
      family: 'IPv4' as const,
    });
    expect(
      addressInfo({
        lo: [of('127.0.0.1', '127.0.0.1/8', true)],
        eth0: [of('10.1.2.3', '10.1.2.3/24'), of('fe80::1', 'fe80::1/64')],
        tun0: undefined,
      }),
    ).toEqual([
      { device: 'lo', address: '127.0.0.1', netmask: '8', scope: 'link-local' },
      { device: 'eth0', address: '10.1.2.3', netmask: '24', scope: 'global' },
      { device: 'eth0', address: 'fe80::1', netmask: '64', scope: 'link-local' },
    ]);
  });
});
