import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter } from './device-filter.ts';

const INCLUDE = 'collector.arp.device-include';
const EXCLUDE = 'collector.arp.device-exclude';
const NETLINK = 'collector.arp.netlink';

/** Neighbours of each interface from /proc/net/arp (proc(5)), which leaves out those without a hardware address as netlink users do. */
export const arp = defineCollector({
  name: 'arp',
  help: 'ARP entries by interface',
  flags: {
    [INCLUDE]: stringFlag({ help: 'Regexp of the interfaces to show; not together with device-exclude.' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the interfaces to leave out; not together with device-include.' }),
    [NETLINK]: booleanFlag({ help: 'Taken for compatibility: both positions read /proc/net/arp, which counts the same.', default: true }),
  },
  start: (values) => {
    const shown = deviceFilter({ include: [INCLUDE, values[INCLUDE]], exclude: [EXCLUDE, values[EXCLUDE]] });
    return (host, sink) => {
      const entries = sink.gauge('node_arp_entries', 'Entries of the ARP table that belong to the interface.');
      for (const [device, count] of countArp(host.proc.read('net/arp'))) if (shown(device)) entries.add(count, labelText({ device }));
    };
  },
});

/** Entries by interface, in the order of their first entry. The interface is the last of six columns; the first line is a heading. */
export function countArp(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n').slice(1)) {
    if (line.trim() === '') continue;
    const columns = line.trim().split(/\s+/);
    if (columns.length !== 6) throw new Error(`net/arp: got ${JSON.stringify(line)}, want six columns`);
    counts.set(columns[5], (counts.get(columns[5]) ?? 0) + 1);
  }
  return counts;
}
