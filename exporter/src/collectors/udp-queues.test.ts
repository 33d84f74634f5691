import { expect, it } from 'vitest';
import { parseUdp } from './udp-queues.ts';

const line = (queues: string) => `  12: 00000000:0044 00000000:0000 07 ${queues} 00:00000000 00000000     0        0 1 2 0 0\n`;

it('adds the queues of all sockets, in hexadecimal', () =>
  expect(parseUdp(`head\n${line('00000015:00000001')}${line('00000001:000000FF')}`)).toEqual({ transmit: 22, receive: 256 }));
it('reads a file without sockets', () => expect(parseUdp('head\n')).toEqual({ transmit: 0, receive: 0 }));
it('refuses a broken line', () => expect(() => parseUdp('head\n  1: x\n')).toThrow(/queues/));
