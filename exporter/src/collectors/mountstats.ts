import { labelText, type MetricType } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { BYTES, EVENTS, OPERATIONS, TRANSPORTS } from './mountstats-families.ts';
import { parseMountAddresses, parseMountstats, type NfsMount } from './nfs-mountstats.ts';

/** Traffic of NFS mounts from /proc/self/mountstats: one row of series for each server's export, however often it is mounted. */
export const mountstats = defineCollector({
  name: 'mountstats',
  help: 'NFS mount statistics',
  start: () => (host, sink) => {
    const seen = new Set<string>();
    const points = new Set<string>();
    const addresses = parseMountAddresses(host.proc.tryRead('self/mountinfo') ?? '');
    for (const mount of parseMountstats(host.proc.read('self/mountstats'), addresses)) {
      const names = { export: mount.export, mountaddr: mount.mountaddr, protocol: mount.protocol };
      const point = labelText({ ...names, mountpoint: mount.mountpoint });
      if (!points.has(point)) add(sink, 'mountpoint_info', 'gauge', 'Info metric for an NFS mountpoint.', 1, point);
      points.add(point);
      const labels = labelText(names);
      if (!seen.has(labels)) writeMount(sink, mount, names, labels);
      seen.add(labels);
    }
  },
});

function add(sink: Sink, name: string, type: MetricType, help: string, value: number, labels: string): void {
  sink.family(`node_mountstats_nfs_${name}`, help, type).add(value, labels);
}

function writeMount(sink: Sink, mount: NfsMount, names: Readonly<Record<string, string>>, labels: string): void {
  add(sink, 'age_seconds_total', 'counter', 'Time since the file system was mounted, in seconds.', mount.age, labels);
  BYTES.forEach(([name, help], index) => {
    if (index < mount.bytes.length) add(sink, name, 'counter', help, mount.bytes[index], labels);
  });
  EVENTS.forEach((event, index) => {
    if (event !== undefined && index < mount.events.length)
      add(sink, `event_${event[0]}_total`, 'counter', event[1], mount.events[index], labels);
  });
  mount.transports.forEach((transport, index) => {
    const own = labelText({ ...names, transport: String(index) });
    for (const { name, type, help, field } of TRANSPORTS) {
      const value = transport[field];
      if (value !== undefined) add(sink, `transport_${name}`, type, help, value, own);
    }
  });
  for (const { operation, counts } of mount.operations) {
    const own = labelText({ ...names, operation });
    OPERATIONS.forEach(([name, help], index) => {
      if (index < counts.length) add(sink, `operations_${name}`, 'counter', help, counts[index], own);
    });
  }
}
