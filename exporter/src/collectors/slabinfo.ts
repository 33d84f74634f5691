import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter } from './device-filter.ts';
import { pattern } from './device-filter.ts';

const INCLUDE = 'collector.slabinfo.slabs-include';
const EXCLUDE = 'collector.slabinfo.slabs-exclude';

const FAMILIES = [
  ['node_slabinfo_active_objects', 'Objects of the slab that are in use.'],
  ['node_slabinfo_objects', 'Objects of the slab, in use or not.'],
  ['node_slabinfo_object_size_bytes', 'Size of an object of the slab in bytes.'],
  ['node_slabinfo_objects_per_slab', 'Objects in each slab.'],
  ['node_slabinfo_pages_per_slab', 'Pages in each slab.'],
] as const;

/** Kernel slab caches (slabinfo(5)); /proc/slabinfo is for root alone. */
export const slabinfo = defineCollector({
  name: 'slabinfo',
  help: 'kernel slab statistics',
  flags: {
    [INCLUDE]: stringFlag({ help: 'Regexp of the slabs to show.', default: '.*' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the slabs to leave out.' }),
  },
  start: (values) => {
    const included = pattern(INCLUDE, values[INCLUDE]);
    const shown = deviceFilter({ include: ['', ''], exclude: [EXCLUDE, values[EXCLUDE]] });
    return (host, sink) => {
      for (const { slab, counts } of parseSlabinfo(host.proc.read('slabinfo'))) {
        if (!included.test(slab) || !shown(slab)) continue;
        const labels = labelText({ slab });
        for (const [index, [name, help]] of FAMILIES.entries()) sink.gauge(name, help).add(counts[index], labels);
      }
    };
  },
});

/** A slab with its five numbers in the order of the file. */
export interface Slab {
  readonly slab: string;
  readonly counts: readonly number[];
}

/** The lines below the two heads. Throws where a line has fewer than five numbers. */
export function parseSlabinfo(text: string): Slab[] {
  const slabs: Slab[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('slabinfo - ')) continue;
    const match = /^(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+) :/.exec(line);
    if (match === null) throw new Error(`slabinfo: got ${JSON.stringify(line)}, want a name and five numbers`);
    slabs.push({ slab: match[1], counts: match.slice(2, 7).map(Number) });
  }
  return slabs;
}
