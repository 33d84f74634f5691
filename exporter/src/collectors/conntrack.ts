import { defineCollector } from './collector.ts';
import { parseNetworkCacheStat } from './network-cache-stat.ts';

const COUNTS = [
  ['found', 'Number of searched entries which were successful.'],
  ['invalid', 'Number of packets seen which can not be tracked.'],
  ['ignore', 'Number of packets seen which are already connected to a conntrack entry.'],
  ['insert', 'Number of entries inserted into the list.'],
  ['insert_failed', 'Number of entries for which list insertion was attempted but failed.'],
  ['drop', 'Number of packets dropped due to conntrack failure.'],
  ['early_drop', 'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.'],
  ['search_restart', 'Number of conntrack table lookups which had to be restarted due to hashtable resizes.'],
] as const;

/** The connection tracking table, where the module nf_conntrack is in use (kernel docs, networking/nf_conntrack-sysctl.rst). */
export const conntrack = defineCollector({
  name: 'conntrack',
  help: 'connection tracking statistics',
  start: () => (host, sink) => {
    const entries = Number(host.proc.read('sys/net/netfilter/nf_conntrack_count'));
    const limit = Number(host.proc.read('sys/net/netfilter/nf_conntrack_max'));
    sink.gauge('node_nf_conntrack_entries', 'Number of currently allocated flow entries for connection tracking.').add(entries);
    sink.gauge('node_nf_conntrack_entries_limit', 'Maximum size of connection tracking table.').add(limit);
    const counts = parseNetworkCacheStat(host.proc.read('net/stat/nf_conntrack'));
    for (const [name, help] of COUNTS) {
      const cpus = counts.get(name);
      if (cpus === undefined) continue;
      sink.gauge(`node_nf_conntrack_stat_${name}`, help).add(cpus.reduce((sum, count) => sum + count, 0));
    }
  },
});
