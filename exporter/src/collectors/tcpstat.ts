import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** States by their number in /proc/net/tcp (include/net/tcp_states.h). */
const STATES = [
  '',
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
  'new_syn_recv',
] as const;

const LABELS = STATES.map((state) => labelText({ state }));
const RECEIVE = labelText({ state: 'rx_queued_bytes' });
const TRANSMIT = labelText({ state: 'tx_queued_bytes' });

/** TCP connections by state, and the bytes that wait in their queues, of IPv4 and IPv6 together (proc_net(5): tcp, tcp6). */
export const tcpstat = defineCollector({
  name: 'tcpstat',
  help: 'TCP connection states',
  start: () => (host, sink) => {
    const totals = parseTcp(host.proc.read('net/tcp'));
    const six = host.proc.tryRead('net/tcp6');
    if (six !== undefined) parseTcp(six, totals);
    const family = sink.gauge('node_tcp_connection_states', 'TCP connections by state, and bytes in their queues.');
    for (let state = 1; state < STATES.length; state += 1) if (totals.states[state] > 0) family.add(totals.states[state], LABELS[state]);
    family.add(totals.receive, RECEIVE);
    family.add(totals.transmit, TRANSMIT);
  },
});

/** Connections by the number of their state, and bytes queued. */
export interface TcpTotals {
  readonly states: number[];
  receive: number;
  transmit: number;
}

/** Adds the connections of a file to the totals. Throws where a line has no state or queues. */
export function parseTcp(text: string, totals: TcpTotals = { states: STATES.map(() => 0), receive: 0, transmit: 0 }): TcpTotals {
  const row = /^ *\d+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ ([0-9A-F]{2}) ([0-9A-F]+):([0-9A-F]+) /;
  for (let start = text.indexOf('\n') + 1; start > 0 && start < text.length; start = text.indexOf('\n', start) + 1) {
    // Lines are filled up to 150 characters; what is meant stands in the first 110.
    const match = row.exec(text.slice(start, start + 120));
    if (match === null) throw new Error(`tcp: got ${JSON.stringify(text.slice(start, start + 60))}, want addresses, state and queues`);
    const state = parseInt(match[1], 16);
    if (state >= 1 && state < STATES.length) totals.states[state] += 1;
    totals.transmit += parseInt(match[2], 16);
    totals.receive += parseInt(match[3], 16);
  }
  return totals;
}
