import { describe, expect, it } from 'vitest';
import { parseIpvsBackends, parseIpvsTotals } from './ipvs-tables.ts';

const heading = 'IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port Forward\n';

describe('parseIpvsBackends', () => {
  it('reads IPv4, IPv6 and firewall marks', () => {
    const text = `${heading}TCP  C0A80016:0CEA wlc\n  -> C0A85216:0CEA Tunnel 100 248 2\nUDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 sh\n  -> [fe80:0000:0000:0000:0000:0000:0000:0002]:0035 Route 1 5 0\nFWM  0000000A wlc\n  -> 0A000004:0000 Route 10 1 0\n`;
    expect(parseIpvsBackends(text).map(({ labels, weight }) => [...Object.values(labels), weight])).toEqual([
      ['192.168.0.22', '3306', '192.168.82.22', '3306', 'TCP', '', 100],
      ['2001:db8::1', '53', 'fe80::2', '53', 'UDP', '', 1],
      ['', '0', '10.0.0.4', '0', 'FWM', '0000000A', 10],
    ]);
  });
  it('finds nothing without services', () => expect(parseIpvsBackends(heading)).toEqual([]));
  it.each(['TCP nowhere:0CEA wlc\n', 'TCP  C0A80016:0CEA wlc\n  -> C0A85216:0CEA Tunnel 100\n', 'what is this\n'])('refuses %j', (text) =>
    expect(() => parseIpvsBackends(heading + text)).toThrow(/net\/ip_vs: got/),
  );
});

describe('parseIpvsTotals', () => {
  it('reads the third line', () => expect(parseIpvsTotals('a\nb\n 10 FF 0 A 1\n\nc\n')).toEqual([16, 255, 0, 10, 1]));
  it.each(['', 'a\nb\n1 2 3\n', 'a\nb\n1 2 3 4 z\n'])('refuses %j', (text) =>
    expect(() => parseIpvsTotals(text)).toThrow(/ip_vs_stats: got/),
  );
});
