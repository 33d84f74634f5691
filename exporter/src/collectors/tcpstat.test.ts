import { expect, it } from 'vitest';
import { parseTcp } from './tcpstat.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (state: string, transmit: string, receive: string) =>
  `   0: 0100007F:0016 00000000:0000 ${state} ${transmit}:${receive} 00:00000000 00000000     0        0 2740 1\n`;

it('counts states and adds queues, in hexadecimal', () => {
  const totals = parseTcp(
    head + line('01', '00000010', '00000001') + line('01', '00000000', '00000000') + line('0A', '00000000', '00000002'),
  );
  expect([totals.states[1], totals.states[10], totals.transmit, totals.receive]).toEqual([2, 1, 16, 3]);
});

it('adds IPv6 to IPv4', () => {
  const six = line('06', '0', '0')
    .replace('0100007F', '00000000000000000000000001000000')
    .replace('00000000:0000', `${'0'.repeat(32)}:0000`);
  expect(parseTcp(head + six, parseTcp(head + line('06', '0', '0'))).states[6]).toBe(2);
});

it('reads a file without connections', () => expect(parseTcp(head).receive).toBe(0));
it('refuses a broken line', () => expect(() => parseTcp(`${head}   0: nonsense\n`)).toThrow(/addresses/));
