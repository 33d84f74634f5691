import { labelText } from '@presage/service/exposition.ts';
import { textOf } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';
import { interfaceFilter, netdevFlags, writeAddresses } from '../netdev-flags.ts';

/** Traffic and errors of network interfaces, from netstat(1). Of node_exporter's names multicasts and packets of unknown protocols lack. */
export const netdev = defineCollector({
  name: 'netdev',
  help: 'network interface statistics',
  flags: netdevFlags,
  sources: ['netstat'],
  start: (values) => {
    const shown = interfaceFilter(values);
    return (host, sink) => {
      writeAddresses(host, sink, shown, values);
      for (const { device, counts } of parseNetstat(textOf('netstat', host.samples.latest('netstat')))) {
        if (!shown(device)) continue;
        const labels = labelText({ device });
        for (const [column, { name, help }] of COLUMNS.entries())
          sink.counter(`node_network_${name}_total`, help).add(counts[column], labels);
      }
    };
  },
});

const COLUMNS = [
  { name: 'receive_packets', help: 'Packets that came in.' },
  { name: 'receive_errs', help: 'Packets that came in broken.' },
  { name: 'receive_bytes', help: 'Bytes that came in.' },
  { name: 'transmit_packets', help: 'Packets sent.' },
  { name: 'transmit_errs', help: 'Packets that could not be sent for an error.' },
  { name: 'transmit_bytes', help: 'Bytes sent.' },
  { name: 'transmit_colls', help: 'Collisions.' },
  { name: 'transmit_drop', help: 'Packets dropped before they were sent.' },
] as const;

/** An interface with its counts in the order of the columns. */
export interface InterfaceCounts {
  readonly device: string;
  readonly counts: readonly number[];
}

/**
 * The interfaces of `netstat -ibdn`: of its lines those of the link layer, once each. Interfaces without a hardware address lack that
 * column, so the eight counts are read from the end. Throws Error where there is no such line.
 */
export function parseNetstat(text: string): InterfaceCounts[] {
  const interfaces = new Map<string, InterfaceCounts>();
  for (const line of text.split('\n')) {
    const match = /^(\S+?)\*?\s+\d+\s+<Link#\d+>.*?((?:\s+\d+){8})\s*$/.exec(line);
    if (match !== null && !interfaces.has(match[1]))
      interfaces.set(match[1], { device: match[1], counts: match[2].trim().split(/\s+/).map(Number) });
  }
  if (interfaces.size === 0)
    throw new Error(`netstat: got ${JSON.stringify(text.slice(0, 60))}, want a line with <Link#1> and eight counts`);
  return [...interfaces.values()];
}
