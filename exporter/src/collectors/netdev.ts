import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { interfaceFilter, netdevFlags, writeAddresses } from './netdev-flags.ts';

const DETAILED = 'collector.netdev.enable-detailed-metrics';
const NETLINK = 'collector.netdev.netlink';
const IFALIAS = 'collector.netdev.label-ifalias';

/** Traffic and errors of network interfaces. */
export const netdev = defineCollector({
  name: 'netdev',
  help: 'network interface statistics',
  flags: {
    ...netdevFlags,
    [DETAILED]: booleanFlag({ help: 'Show every counter of the kernel under its own name instead of the sums of /proc/net/dev.' }),
    [NETLINK]: booleanFlag({ help: 'Show what /proc/net/dev lacks too: packets that no handler took (read from sysfs).', default: true }),
    [IFALIAS]: booleanFlag({ help: 'Add the label ifalias.' }),
  },
  start: (values) => {
    const shown = interfaceFilter(values);
    return (host, sink) => {
      const labels = (device: string) => (values[IFALIAS] ? labelText({ device, ifalias: alias(host, device) }) : labelText({ device }));
      for (const { device, counts } of parseNetDev(host.proc.read('net/dev'))) {
        if (!shown(device)) continue;
        if (values[DETAILED]) writeDetailed(host, sink, device, labels(device));
        else writeCounts(sink, labels(device), counts, values[NETLINK] ? noHandler(host, device) : undefined);
      }
      writeAddresses(host, sink, shown, values);
    };
  },
});

/** The columns of /proc/net/dev, whose sums are the kernel's (net/core/net-procfs.c). */
const COLUMNS = [
  'receive_bytes',
  'receive_packets',
  'receive_errs',
  'receive_drop',
  'receive_fifo',
  'receive_frame',
  'receive_compressed',
  'receive_multicast',
  'transmit_bytes',
  'transmit_packets',
  'transmit_errs',
  'transmit_drop',
  'transmit_fifo',
  'transmit_colls',
  'transmit_carrier',
  'transmit_compressed',
] as const;

const FAMILIES = COLUMNS.map((column) => familyOf(column));

/** One interface with its counts in the order of the file's columns. */
export interface InterfaceCounts {
  readonly device: string;
  readonly counts: readonly number[];
}

/** The interfaces of /proc/net/dev. Throws where a line holds something else than sixteen numbers. */
export function parseNetDev(text: string): InterfaceCounts[] {
  const interfaces: InterfaceCounts[] = [];
  for (const line of text.split('\n').slice(2)) {
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const counts = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (counts.length !== COLUMNS.length || counts.some(Number.isNaN))
      throw new Error(`net/dev: got ${JSON.stringify(line)}, want 16 counts`);
    interfaces.push({ device: line.slice(0, colon).trim(), counts });
  }
  return interfaces;
}

function writeCounts(sink: Sink, labels: string, counts: readonly number[], unhandled: number | undefined): void {
  for (let column = 0; column < COLUMNS.length; column += 1) {
    const { name, help } = FAMILIES[column];
    sink.counter(name, help).add(counts[column], labels);
  }
  if (unhandled === undefined) return;
  const { name, help } = NO_HANDLER;
  sink.counter(name, help).add(unhandled, labels);
}

const NO_HANDLER = familyOf('receive_nohandler');

/** Kernels before 4.6 do not count it; netlink says 0 there. */
function noHandler(host: Host, device: string): number {
  return host.sys.tryNumber(`class/net/${device}/statistics/rx_nohandler`) ?? 0;
}

function writeDetailed(host: Host, sink: Sink, device: string, labels: string): void {
  const folder = `class/net/${device}/statistics`;
  for (const file of host.sys.list(folder)) {
    const count = host.sys.tryNumber(`${folder}/${file}`);
    if (count === undefined) continue;
    const { name, help } = familyOf(file.replace(/^rx_/, 'receive_').replace(/^tx_/, 'transmit_'));
    sink.counter(name, help).add(count, labels);
  }
}

function familyOf(statistic: string): { readonly name: string; readonly help: string } {
  return { name: `node_network_${statistic}_total`, help: `${statistic} of the interface, as the kernel counts it.` };
}

function alias(host: Host, device: string): string {
  return (host.sys.tryRead(`class/net/${device}/ifalias`) ?? '').trimEnd();
}
