import { labelText } from '@presage/service/exposition.ts';
import { defineCollector, NoData } from './collector.ts';

/** Bytes that wait in the queues of UDP sockets, by direction and version of IP (proc_net(5): udp, udp6). */
export const udpQueues = defineCollector({
  name: 'udp_queues',
  help: 'UDP queue lengths',
  start: () => (host, sink) => {
    let found = false;
    for (const { file, ip, labels } of FILES) {
      const text = host.proc.tryRead(file);
      if (text === undefined) continue;
      const { transmit, receive } = parseUdp(text);
      const family = sink.gauge('node_udp_queues', 'Bytes in the queues of UDP sockets.');
      family.add(transmit, labels.transmit);
      family.add(receive, labels.receive);
      found ||= ip !== '';
    }
    if (!found) throw new NoData('net/udp: not found');
  },
});

const FILES = [
  { file: 'net/udp', ip: 'v4' },
  { file: 'net/udp6', ip: 'v6' },
].map(({ file, ip }) => ({
  file,
  ip,
  labels: { transmit: labelText({ queue: 'tx', ip }), receive: labelText({ queue: 'rx', ip }) },
}));

/** Bytes queued by all sockets of a file. Throws where a line has no queues. */
export function parseUdp(text: string): { readonly transmit: number; readonly receive: number } {
  let transmit = 0;
  let receive = 0;
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue;
    const match = /^ *\d+: \S+ \S+ [0-9A-F]{2} ([0-9A-F]+):([0-9A-F]+) /.exec(line);
    if (match === null) throw new Error(`udp: got ${JSON.stringify(line.slice(0, 60))}, want addresses, state and queues`);
    transmit += parseInt(match[1], 16);
    receive += parseInt(match[2], 16);
  }
  return { transmit, receive };
}
