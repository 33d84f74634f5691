import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

const ROOT = 'devices/system/node';

/** Memory of each NUMA node from sysfs (kernel docs, admin-guide/numastat.rst, ABI/stable/sysfs-devices-node). */
export const meminfoNuma = defineCollector({
  name: 'meminfo_numa',
  help: 'memory statistics by NUMA node',
  start: () => (host, sink) => {
    for (const folder of host.sys.list(ROOT)) {
      const node = /^node(\d+)$/.exec(folder)?.[1];
      if (node === undefined) continue;
      const labels = labelText({ node });
      for (const [field, value] of parseNodeMeminfo(host.sys.read(`${ROOT}/${folder}/meminfo`)))
        sink.gauge(`node_memory_numa_${field}`, `${field} of /proc/meminfo.`).add(value, labels);
      for (const [field, value] of parseNumastat(host.sys.read(`${ROOT}/${folder}/numastat`)))
        sink.counter(`node_memory_numa_${field}_total`, `${field}_total.`).add(value, labels);
    }
  },
});

/** Reads lines such as `Node 0 Active(anon): 12 kB`: `Active_anon` in bytes. Counts (HugePages_…) have no unit. Throws on another form. */
export function parseNodeMeminfo(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = /^Node\s+\d+\s+(\w+)(?:\((\w+)\))?:\s+(\d+)(\s+kB)?\s*$/.exec(line);
    if (match === null) throw new Error(`node meminfo: got ${JSON.stringify(line.slice(0, 80))}, want Node N NAME: VALUE`);
    const name = match[2] === undefined ? match[1] : `${match[1]}_${match[2]}`;
    values.set(name, Number(match[3]) * (match[4] === undefined ? 1 : 1024));
  }
  return values;
}

/** Reads lines such as `numa_hit 12`. Throws on another form. */
export function parseNumastat(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = /^(\w+)\s+(\d+)\s*$/.exec(line);
    if (match === null) throw new Error(`numastat: got ${JSON.stringify(line.slice(0, 80))}, want NAME VALUE`);
    values.set(match[1], Number(match[2]));
  }
  return values;
}
