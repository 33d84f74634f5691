import { stringFlag } from '@presage/service/flags.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter } from './device-filter.ts';

const FIELDS = 'collector.vmstat.fields';

/** Fields of /proc/vmstat that a pattern lets through. */
export const vmstat = defineCollector({
  name: 'vmstat',
  help: 'virtual memory statistics',
  flags: {
    [FIELDS]: stringFlag({
      help: 'Regexp of the fields of /proc/vmstat to show.',
      default: '^(oom_kill|pgpg|pswp|pg.*fault).*',
    }),
  },
  start: (values) => {
    const wanted = deviceFilter({ include: [FIELDS, values[FIELDS]], exclude: ['', ''] });
    return (host, sink) => {
      for (const { name, value } of parseVmstat(host.proc.read('vmstat'), wanted))
        sink.untyped(`node_vmstat_${name}`, `${name} of /proc/vmstat.`).add(value);
    };
  },
});

/** The wanted fields of /proc/vmstat: a name and a number on each line. Throws where a wanted one has no number. */
export function parseVmstat(text: string, wanted: (name: string) => boolean): { readonly name: string; readonly value: number }[] {
  const fields: { name: string; value: number }[] = [];
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space <= 0) continue;
    const name = line.slice(0, space);
    if (!wanted(name)) continue;
    const value = Number(line.slice(space + 1));
    if (Number.isNaN(value)) throw new Error(`vmstat: got ${JSON.stringify(line)}, want NAME NUMBER`);
    fields.push({ name, value });
  }
  return fields;
}
