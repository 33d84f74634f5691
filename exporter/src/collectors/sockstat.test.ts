import { expect, it } from 'vitest';
import { parseSockstat } from './sockstat.ts';

it('reads every pair of every line', () =>
  expect(parseSockstat('sockets: used 229\nTCP: inuse 4 mem 1\n')).toEqual([
    { protocol: 'sockets', name: 'used', value: 229 },
    { protocol: 'TCP', name: 'inuse', value: 4 },
    { protocol: 'TCP', name: 'mem', value: 1 },
  ]));

it.each(['TCP inuse 4\n', 'TCP: inuse\n', 'TCP: inuse x\n', 'TCP: in-use 1\n'])('refuses %j', (text) =>
  expect(() => parseSockstat(text)).toThrow(/want/),
);
