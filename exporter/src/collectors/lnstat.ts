import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';
import { parseNetworkCacheStat } from './network-cache-stat.ts';

/** Counts of the kernel's network caches for each CPU, as lnstat(8) reads them from /proc/net/stat. */
export const lnstat = defineCollector({
  name: 'lnstat',
  help: 'network cache statistics',
  start: () => {
    const known = new Map<string, string[]>();
    return (host, sink) => {
      for (const subsystem of host.proc.list('net/stat')) {
        const labels = known.get(subsystem) ?? [];
        known.set(subsystem, labels);
        for (const [name, counts] of parseNetworkCacheStat(host.proc.read(`net/stat/${subsystem}`))) {
          if (!/^\w+$/.test(name)) continue;
          const family = sink.counter(`node_lnstat_${name}_total`, `Column ${name} of the file in /proc/net/stat.`);
          for (let cpu = 0; cpu < counts.length; cpu += 1)
            family.add(counts[cpu], (labels[cpu] ??= labelText({ subsystem, cpu: String(cpu) })));
        }
      }
    };
  },
});
