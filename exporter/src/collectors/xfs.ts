import { labelText } from '@presage/service/exposition.ts';
import { defineCollector, NoData } from './collector.ts';

/** Lines of stats/stats with what their numbers mean, in order (kernel docs, fs/xfs/xfs_stats.h). */
const LINES: Readonly<Record<string, { readonly prefix: string; readonly fields: string }>> = {
  extent_alloc: { prefix: 'extent_allocation_', fields: 'extents_allocated blocks_allocated extents_freed blocks_freed' },
  abt: { prefix: 'allocation_btree_', fields: 'lookups compares records_inserted records_deleted' },
  blk_map: {
    prefix: 'block_mapping_',
    fields: 'reads writes unmaps extent_list_insertions extent_list_deletions extent_list_lookups extent_list_compares',
  },
  bmbt: { prefix: 'block_map_btree_', fields: 'lookups compares records_inserted records_deleted' },
  dir: { prefix: 'directory_operation_', fields: 'lookup create remove getdents' },
  ig: { prefix: 'inode_operation_', fields: 'attempts found recycled missed duplicates reclaims attribute_changes' },
  rw: { prefix: '', fields: 'write_calls read_calls' },
  vnodes: { prefix: 'vnode_', fields: 'active allocate get hold release reclaim remove' },
};

const FAMILIES = new Map(
  Object.entries(LINES).map(([line, { prefix, fields }]) => [
    line,
    fields.split(' ').map((field) => ({
      name: `node_xfs_${prefix}${field}_total`,
      help: `XFS: ${prefix.replaceAll('_', ' ')}${field.replaceAll('_', ' ')}.`,
    })),
  ]),
);

/** Operations of mounted XFS file systems. */
export const xfs = defineCollector({
  name: 'xfs',
  help: 'XFS file system statistics',
  start: () => (host, sink) => {
    if (!host.sys.exists('fs/xfs')) throw new NoData('fs/xfs: not found');
    for (const device of host.sys.list('fs/xfs')) {
      // The folder also holds the sum of all file systems, which is none of them.
      const text = device === 'stats' ? undefined : host.sys.tryRead(`fs/xfs/${device}/stats/stats`);
      if (text === undefined) continue;
      const labels = labelText({ device });
      for (const { name, help, value } of parseXfs(text)) sink.counter(name, help).add(value, labels);
    }
  },
});

/** One counter of a file system. */
export interface XfsCount {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

/** The counters of the lines that are known. Throws where such a line is short or holds something else than numbers. */
export function parseXfs(text: string): XfsCount[] {
  const counts: XfsCount[] = [];
  for (const line of text.split('\n')) {
    const [word, ...numbers] = line.split(' ');
    const families = FAMILIES.get(word);
    if (families === undefined) continue;
    for (const [index, { name, help }] of families.entries()) {
      const value = Number(numbers[index] ?? NaN);
      if (Number.isNaN(value)) throw new Error(`xfs stats: got ${JSON.stringify(line)}, want ${families.length} numbers`);
      counts.push({ name, help, value });
    }
  }
  return counts;
}
