import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { parseIpvsBackends, parseIpvsTotals, type IpvsBackend } from './ipvs-tables.ts';

const LABELS = 'collector.ipvs.backend-labels';
const NAMES = ['local_address', 'local_port', 'remote_address', 'remote_port', 'proto', 'local_mark'] as const;
type LabelName = (typeof NAMES)[number];

const TOTALS = [
  ['node_ipvs_connections_total', 'Connections passed to backends.'],
  ['node_ipvs_incoming_packets_total', 'Packets from clients to backends.'],
  ['node_ipvs_outgoing_packets_total', 'Packets from backends to clients.'],
  ['node_ipvs_incoming_bytes_total', 'Bytes from clients to backends.'],
  ['node_ipvs_outgoing_bytes_total', 'Bytes from backends to clients.'],
] as const;

/** The kernel's load balancer (ipvsadm(8)), from /proc/net/ip_vs and ip_vs_stats. */
export const ipvs = defineCollector({
  name: 'ipvs',
  help: 'IPVS load balancer statistics',
  flags: {
    [LABELS]: stringFlag({
      help: 'Labels of the backends, separated by commas; backends that differ in others are added up.',
      default: NAMES.join(','),
      check: (text) => (text.split(',').every((name) => name === '' || isLabelName(name)) ? undefined : `some of ${NAMES.join(', ')}`),
    }),
  },
  start: (values) => {
    const names = NAMES.filter((name) => values[LABELS].split(',').includes(name));
    return (host, sink) => {
      const totals = parseIpvsTotals(host.proc.read('net/ip_vs_stats'));
      TOTALS.forEach(([name, help], index) => sink.counter(name, help).add(totals[index]));
      writeBackends(parseIpvsBackends(host.proc.read('net/ip_vs')), names, sink);
    };
  },
});

const isLabelName = (name: string): boolean => NAMES.some((known) => known === name);

interface Sums {
  active: number;
  inactive: number;
  weight: number;
}

function writeBackends(backends: readonly IpvsBackend[], names: readonly LabelName[], sink: Sink): void {
  const sums = new Map<string, Sums>();
  for (const backend of backends) {
    const labels = labelText(Object.fromEntries(names.map((name) => [name, backend.labels[name]])));
    const sum = sums.get(labels) ?? { active: 0, inactive: 0, weight: 0 };
    sums.set(labels, sum);
    sum.active += backend.active;
    sum.inactive += backend.inactive;
    sum.weight += backend.weight;
  }
  const active = sink.gauge('node_ipvs_backend_connections_active', 'Established connections that the backend has.');
  const inactive = sink.gauge('node_ipvs_backend_connections_inactive', 'Connections of the backend that are being opened or closed.');
  const weight = sink.gauge('node_ipvs_backend_weight', 'Weight of the backend in the choice of one.');
  for (const [labels, sum] of sums) {
    active.add(sum.active, labels);
    inactive.add(sum.inactive, labels);
    weight.add(sum.weight, labels);
  }
}
