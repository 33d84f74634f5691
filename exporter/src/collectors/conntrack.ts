import { defineCollector } from './collector.ts';
import { parseNetworkCacheStat } from './network-cache-stat.ts';

const COUNTS = [
  ['found', 'Lookups that found an entry.'],
  ['invalid', 'Packets that belong to no connection that can be tracked.'],
  ['ignore', 'Packets not looked up because they had an entry already.'],
  ['insert', 'Entries put into the table.'],
  ['insert_failed', 'Entries that could not be put into the table.'],
  ['drop', 'Packets dropped because no entry could be made for them.'],
  ['early_drop', 'Entries given up for new ones in a full table.'],
  ['search_restart', 'Lookups begun anew because the table was resized.'],
] as const;

/** The connection tracking table, where the module nf_conntrack is in use (kernel docs, networking/nf_conntrack-sysctl.rst). */
export const conntrack = defineCollector({
  name: 'conntrack',
  help: 'connection tracking statistics',
  start: () => (host, sink) => {
    const entries = Number(host.proc.read('sys/net/netfilter/nf_conntrack_count'));
    const limit = Number(host.proc.read('sys/net/netfilter/nf_conntrack_max'));
    sink.gauge('node_nf_conntrack_entries', 'Connections in the tracking table.').add(entries);
    sink.gauge('node_nf_conntrack_entries_limit', 'Connections that the tracking table can hold.').add(limit);
    const counts = parseNetworkCacheStat(host.proc.read('net/stat/nf_conntrack'));
    for (const [name, help] of COUNTS) {
      const cpus = counts.get(name);
      if (cpus === undefined) continue;
      sink.gauge(`node_nf_conntrack_stat_${name}`, help).add(cpus.reduce((sum, count) => sum + count, 0));
    }
  },
});
