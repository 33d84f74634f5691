import { labelText } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

/** Fields by the ending of their metric: counts of pages now, and counts since boot. */
const PAGES =
  'min low high scanned spanned present managed nr_free_pages nr_active_anon nr_inactive_anon nr_isolated_anon nr_anon_pages nr_active_file nr_inactive_file nr_isolated_file nr_file_pages nr_slab_reclaimable nr_slab_unreclaimable nr_mlock_stack nr_mapped nr_dirty nr_writeback nr_unevictable nr_shmem';
const TOTALS = 'nr_dirtied nr_written numa_hit numa_miss numa_foreign numa_interleave numa_local numa_other';

const FAMILIES = new Map([
  ...PAGES.split(' ').map((field) => familyOf(field, field.endsWith('_pages') ? field : `${field}_pages`, 'gauge')),
  ...TOTALS.split(' ').map((field) => familyOf(field, `${field}_total`, 'counter')),
  familyOf('nr_kernel_stack', 'nr_kernel_stacks', 'gauge'),
  familyOf('nr_anon_transparent_hugepages', 'nr_anon_transparent_hugepages', 'gauge'),
]);

interface ZoneFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
}

function familyOf(field: string, metric: string, type: 'gauge' | 'counter'): readonly [string, ZoneFamily] {
  return [field, { name: `node_zoneinfo_${metric}`, help: `Field ${field} of /proc/zoneinfo.`, type }];
}

/** Memory zones of each NUMA node (proc(5), /proc/zoneinfo). What is counted by node stands in its first zone. */
export const zoneinfo = defineCollector({
  name: 'zoneinfo',
  help: 'memory zones',
  start: () => (host, sink) => {
    for (const { node, zone, fields, protection } of parseZoneinfo(host.proc.read('zoneinfo'))) {
      const labels = labelText({ node, zone });
      for (const [field, value] of fields) write(sink, field, value, labels);
      for (const [index, pages] of protection.entries())
        sink.gauge(`node_zoneinfo_protection_${index}`, `Pages kept from allocations meant for zone ${index}.`).add(pages, labels);
    }
  },
});

function write(sink: Sink, field: string, value: number, labels: string): void {
  const family = FAMILIES.get(field);
  if (family !== undefined) sink.family(family.name, family.help, family.type).add(value, labels);
}

/** A zone with its fields, and how many of its pages are kept from each zone above. */
export interface Zone {
  readonly node: string;
  readonly zone: string;
  readonly fields: ReadonlyMap<string, number>;
  readonly protection: readonly number[];
}

/** The zones of the file. Throws where a line stands before the first zone. */
export function parseZoneinfo(text: string): Zone[] {
  const zones: { node: string; zone: string; fields: Map<string, number>; protection: number[] }[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const head = /^Node (\d+), zone\s+(\w+)/.exec(line);
    if (head !== null) {
      zones.push({ node: head[1], zone: head[2], fields: new Map(), protection: [] });
      continue;
    }
    const last = zones.at(-1);
    if (last === undefined) throw new Error(`zoneinfo: got ${JSON.stringify(line)}, want Node N, zone NAME first`);
    const pair = /^\s+(\w+)\s+(\d+)$/.exec(line);
    if (pair !== null) last.fields.set(pair[1], Number(pair[2]));
    else if (line.trimStart().startsWith('protection: (')) last.protection = [...line.matchAll(/\d+/g)].map(Number);
  }
  return zones;
}
