import { countIn, fieldsOf, textOf } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';

/**
 * Memory by use: pages from vm_stat(1), swap from systeminformation. The names are node_exporter's for macOS, and
 * node_memory_available_bytes, which its dashboards take for what programs can still have.
 */
export const meminfo = defineCollector({
  name: 'meminfo',
  help: 'memory statistics',
  sources: ['mem', 'vm_stat'],
  start: () => (host, sink) => {
    const { total } = host.system.memory();
    sink.gauge('node_memory_total_bytes', 'Bytes of memory that the machine has.').add(total);
    const pages = parseVmStat(textOf('vm_stat', host.samples.latest('vm_stat')));
    for (const { name, type, help, keys } of FAMILIES)
      sink.family(`node_memory_${name}`, help, type).add(keys.reduce((bytes, key) => bytes + pages.bytesOf(key), 0));
    const used = pages.bytesOf(INTERNAL) - pages.bytesOf(PURGEABLE) + pages.bytesOf(WIRED) + pages.bytesOf(COMPRESSED);
    sink
      .gauge('node_memory_available_bytes', 'Bytes that programs can still have: all but what is used and cannot be dropped.')
      .add(total - used);
    const swap = fieldsOf('mem', host.samples.latest('mem'));
    for (const { field, name, help } of SWAP) {
      const bytes = countIn(swap, field);
      if (bytes !== undefined) sink.gauge(`node_memory_${name}`, help).add(bytes);
    }
  },
});

const INTERNAL = 'Anonymous pages';
const PURGEABLE = 'Pages purgeable';
const WIRED = 'Pages wired down';
const COMPRESSED = 'Pages occupied by compressor';

/** Free pages are shown by vm_stat without those that hold what was read ahead; the kernel counts both as free. */
const FAMILIES = [
  { name: 'active_bytes', type: 'gauge', help: 'Bytes in pages used of late.', keys: ['Pages active'] },
  { name: 'compressed_bytes', type: 'gauge', help: 'Bytes that the compressor takes up.', keys: [COMPRESSED] },
  {
    name: 'free_bytes',
    type: 'gauge',
    help: 'Bytes in pages that hold nothing, or only what was read ahead.',
    keys: ['Pages free', 'Pages speculative'],
  },
  { name: 'inactive_bytes', type: 'gauge', help: 'Bytes in pages not used of late.', keys: ['Pages inactive'] },
  { name: 'internal_bytes', type: 'gauge', help: 'Bytes in pages that no file stands behind.', keys: [INTERNAL] },
  { name: 'purgeable_bytes', type: 'gauge', help: 'Bytes that programs allow to be dropped.', keys: [PURGEABLE] },
  { name: 'wired_bytes', type: 'gauge', help: 'Bytes that must stay in memory.', keys: [WIRED] },
  {
    name: 'swapped_in_bytes_total',
    type: 'counter',
    help: 'Bytes read into memory from files and swap, a page at a time.',
    keys: ['Pageins'],
  },
  {
    name: 'swapped_out_bytes_total',
    type: 'counter',
    help: 'Bytes written out of memory to files and swap, a page at a time.',
    keys: ['Pageouts'],
  },
] as const;

const SWAP = [
  { field: 'swaptotal', name: 'swap_total_bytes', help: 'Bytes of the swap files there are now.' },
  { field: 'swapused', name: 'swap_used_bytes', help: 'Bytes of swap in use.' },
] as const;

/** What vm_stat prints. */
export interface VmStat {
  /** Bytes of a line. Throws Error where there is no such line. */
  bytesOf(line: string): number;
}

/** The lines of vm_stat by their names, its pages as bytes. Throws Error where the size of a page is not told. */
export function parseVmStat(text: string): VmStat {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  if (!(pageBytes > 0)) throw new Error(`vm_stat: got ${JSON.stringify(text.slice(0, 60))}, want the size of a page`);
  const pages = new Map([...text.matchAll(/^"?([^:"\n]+)"?:\s+(\d+)\.?$/gm)].map(([, name, count]) => [name, Number(count)]));
  return {
    bytesOf: (line) => {
      const count = pages.get(line);
      if (count === undefined) throw new Error(`vm_stat: got no line ${JSON.stringify(line)}, want one`);
      return count * pageBytes;
    },
  };
}
