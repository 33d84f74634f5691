import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** Free memory blocks by size from /proc/buddyinfo (proc(5)): of size n are blocks of 2ⁿ pages. */
export const buddyinfo = defineCollector({
  name: 'buddyinfo',
  help: 'free memory blocks by size',
  start: () => {
    const labels = new Map<string, string>();
    return (host, sink) => {
      const blocks = sink.gauge('node_buddyinfo_blocks', 'Free blocks of 2^size pages in the zone.');
      for (const { node, zone, counts } of parseBuddyinfo(host.proc.read('buddyinfo')))
        counts.forEach((count, size) => blocks.add(count, blockLabels(labels, node, zone, size)));
    };
  },
});

function blockLabels(known: Map<string, string>, node: string, zone: string, size: number): string {
  const key = `${node} ${zone} ${size}`;
  let text = known.get(key);
  if (text === undefined) {
    text = labelText({ node, size: String(size), zone });
    known.set(key, text);
  }
  return text;
}

/** One zone of a NUMA node with its free blocks from the smallest size on. */
export interface FreeBlocks {
  readonly node: string;
  readonly zone: string;
  readonly counts: readonly number[];
}

/** Reads lines such as `Node 0, zone Normal 4381 1093`. Throws on a line of another form. */
export function parseBuddyinfo(text: string): FreeBlocks[] {
  const zones: FreeBlocks[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const match = /^Node\s+(\d+),\s+zone\s+(\w+)((?:\s+\d+)+)\s*$/.exec(line);
    if (match === null) throw new Error(`buddyinfo: got ${JSON.stringify(line.slice(0, 80))}, want Node N, zone NAME and counts`);
    zones.push({ node: match[1], zone: match[2], counts: match[3].trim().split(/\s+/).map(Number) });
  }
  return zones;
}
