import { defineCollector } from './collector.ts';

/** Memory in bytes, each line of /proc/meminfo under its own name (proc(5)). */
export const meminfo = defineCollector({
  name: 'meminfo',
  help: 'memory statistics',
  start: () => (host, sink) => {
    for (const { name, value } of parseMeminfo(host.proc.read('meminfo'))) {
      const family = familyOf(name);
      const type = name.endsWith('_total') ? 'counter' : 'gauge';
      sink.family(family.name, family.help, type).add(value);
    }
  },
});

/** One line: the field's name as in the metric (`Active_anon_bytes`, `HugePages_Total`), its value in bytes or as a count. */
export interface MemoryField {
  readonly name: string;
  readonly value: number;
}

/** Every field of /proc/meminfo. `Active(anon)` becomes `Active_anon`; what is in kB gets `_bytes`. Throws on another form. */
export function parseMeminfo(text: string): MemoryField[] {
  const fields: MemoryField[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    const kilobytes = line.endsWith(' kB');
    const value = Number(line.slice(colon + 1, kilobytes ? -3 : undefined));
    if (colon <= 0 || Number.isNaN(value)) throw new Error(`meminfo: got ${JSON.stringify(line)}, want NAME: NUMBER [kB]`);
    const name = fieldName(line.slice(0, colon));
    fields.push(kilobytes ? { name: `${name}_bytes`, value: value * 1024 } : { name, value });
  }
  return fields;
}

function fieldName(text: string): string {
  return text.includes('(') ? text.replace('(', '_').replace(')', '') : text;
}

const families = new Map<string, { readonly name: string; readonly help: string }>();

/** Names made once: they are the same at every scrape. */
function familyOf(field: string): { readonly name: string; readonly help: string } {
  let family = families.get(field);
  if (family === undefined) {
    family = { name: `node_memory_${field}`, help: `${field} of /proc/meminfo.` };
    families.set(field, family);
  }
  return family;
}
