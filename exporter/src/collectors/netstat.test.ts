import { describe, expect, it } from 'vitest';
import { readSnmp6, tableReader } from './netstat.ts';

const all = () => true;
const collected = (run: (take: (field: string, value: number) => void) => void) => {
  const found: Record<string, number> = {};
  run((field, value) => {
    found[field] = value;
  });
  return found;
};

describe('tableReader', () => {
  it('joins names and numbers of a pair of lines, negative ones too', () => {
    const text = 'Tcp: RtoMin MaxConn\nTcp: 200 -1\nUdpLite: InDatagrams\nUdpLite: 3\n';
    expect(collected((take) => tableReader(all)(text, take))).toEqual({ Tcp_RtoMin: 200, Tcp_MaxConn: -1, UdpLite_InDatagrams: 3 });
  });
  it('gives only what is wanted', () => {
    expect(collected((take) => tableReader((field) => field === 'Ip_B')('Ip: A B\nIp: 1 2\n', take))).toEqual({ Ip_B: 2 });
  });
  it.each(['Ip: A B\nIp: 1\n', 'Ip: A\nTcp: 1\n', 'Ip: A\nIp: x\n', 'Ip: A\n'])('refuses %j', (text) =>
    expect(() => tableReader(all)(text, () => {})).toThrow(/want/),
  );
});

describe('readSnmp6', () => {
  it('ends the protocol at its 6 and passes over other lines', () =>
    expect(collected((take) => readSnmp6('Ip6InReceives   \t7\nIcmp6InMsgs \t2\nnothing\n\n', all, take))).toEqual({
      Ip6_InReceives: 7,
      Icmp6_InMsgs: 2,
    }));
});
