import { describe, expect, it } from 'vitest';
import type { Native } from '../host/native.ts';
import { netlinkAttribute, netlinkRequest } from '../host/netlink.ts';
import { NoData } from './collector.ts';
import { parseBss, parseInterfaces, parseStations } from './wifi-fixture.ts';
import { readWifi } from './wifi-nl80211.ts';

describe('the test form', () => {
  it('passes over interfaces without a name', () =>
    expect(parseInterfaces('[{"name":"wlan0","frequency":2412},{"type":10}]')).toEqual([{ name: 'wlan0', frequency: 2412 }]));
  it('reads addresses from base64 and times from nanoseconds', () => {
    expect(parseBss('{"ssid":"x","bssid":"ABEiM0RV","status":2}')).toEqual({ ssid: 'x', bssid: '00:11:22:33:44:55', mode: 'ad-hoc' });
    expect(parseStations('[{"hardwareaddr":"qrvM3e7/","inactive":400000000}]')).toMatchObject([
      { address: 'aa:bb:cc:dd:ee:ff', inactive: 0.4, connected: 0 },
    ]);
  });
  it.each(['{}', '[{"connected":"x"}]'])('refuses %j', (text) => expect(() => parseStations(text)).toThrow(/want/));
});

/** Attributes of unsigned numbers, and of bytes. */
const u32 = (type: number, value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return netlinkAttribute(type, bytes);
};
const bytes = (type: number, ...content: number[]) => netlinkAttribute(type, Buffer.from(content));
const message = (...attributes: Buffer[]) => netlinkRequest(28, Buffer.concat([Buffer.alloc(4), ...attributes]), false);

/** A kernel with one interface and one station, by the numbers of nl80211.h; answers by the command in the request. */
const kernel: Native = {
  adjtimex: () => ({ state: 0, timex: Buffer.alloc(0) }),
  netlink: (_protocol, request) => {
    const command = request[16];
    if (request.readUInt16LE(4) === 0x10) return [netlinkRequest(0x10, Buffer.concat([Buffer.alloc(4), bytes(1, 28, 0)]), false)];
    if (command === 5) return [message(u32(3, 7), netlinkAttribute(4, Buffer.from('wlan7\0')), u32(38, 5180))];
    const ssid = bytes(6, 1, 1, 9, 0, 3, 0x61, 0x62, 0x63);
    if (command === 32) return [message(netlinkAttribute(47, Buffer.concat([bytes(1, 0, 1, 2, 3, 4, 5), ssid, u32(9, 1)]))), message()];
    const rates = Buffer.concat([netlinkAttribute(8, u32(5, 600)), netlinkAttribute(14, bytes(1, 10, 0))]);
    const info = Buffer.concat([
      u32(1, 1500),
      u32(2, 99),
      bytes(23, 1, 0, 0, 0, 1, 0, 0, 0),
      bytes(7, 0xe6),
      rates,
      u32(16, 60),
      u32(18, 3),
    ]);
    return [message(bytes(6, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf), netlinkAttribute(21, info))];
  },
};

it('reads interfaces, their network and stations from the kernel', () =>
  expect(readWifi(kernel)).toEqual([
    {
      name: 'wlan7',
      frequency: 5180,
      network: { ssid: 'abc', bssid: '00:01:02:03:04:05', mode: 'client' },
      stations: [
        expect.objectContaining({
          address: '0a:0b:0c:0d:0e:0f',
          inactive: 1.5,
          receivedBytes: 2 ** 32 + 1,
          signal: -26,
          transmitRate: 60_000_000,
          receiveRate: 1_000_000,
          connected: 60,
          beaconLoss: 3,
        }),
      ],
    },
  ]));

it('finds no data where the kernel has no nl80211', () => {
  const refusal = Buffer.alloc(20);
  refusal.writeInt32LE(-2, 0);
  const native: Native = { ...kernel, netlink: () => [netlinkRequest(2, refusal, false)] };
  expect(() => readWifi(native)).toThrow(NoData);
});
