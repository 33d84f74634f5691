import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter } from './device-filter.ts';
import { parseInterruptTable, type InterruptLine } from './interrupt-table.ts';

const INCLUDE = 'collector.interrupts.name-include';
const EXCLUDE = 'collector.interrupts.name-exclude';
const ZEROS = 'collector.interrupts.include-zeros';

/** Interrupts by CPU from /proc/interrupts (proc(5)). */
export const interrupts = defineCollector({
  name: 'interrupts',
  help: 'interrupts by CPU',
  flags: {
    [INCLUDE]: stringFlag({ help: 'Regexp of the interrupts to show, as NAME;INFO;DEVICES; not together with name-exclude.' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the interrupts to leave out, as NAME;INFO;DEVICES; not together with name-include.' }),
    [ZEROS]: booleanFlag({ help: 'Show interrupts that never happened.', default: true }),
  },
  start: (values) => {
    const shown = deviceFilter({ include: [INCLUDE, values[INCLUDE]], exclude: [EXCLUDE, values[EXCLUDE]] });
    const known = new Map<string, string[]>();
    return (host, sink) => {
      const family = sink.counter('node_interrupts_total', 'Times that the interrupt came to the CPU.');
      const { cpus, lines } = parseInterruptTable(host.proc.read('interrupts'));
      for (const line of lines) {
        if (line.rest.length === 0) continue;
        const { info, devices } = describeInterrupt(line);
        const key = `${line.name};${info};${devices}`;
        if (!shown(key)) continue;
        const labels = known.get(key) ?? [];
        known.set(key, labels);
        for (let index = 0; index < cpus.length; index += 1) {
          if (line.counts[index] === 0 && !values[ZEROS]) continue;
          labels[index] ??= labelText({ cpu: cpus[index], devices, info, type: line.name });
          family.add(line.counts[index], labels[index]);
        }
      }
    };
  },
});

/** A numbered interrupt names its controller and then its devices; the others have a description. */
export function describeInterrupt({ name, rest }: InterruptLine): { readonly info: string; readonly devices: string } {
  return /^\d+$/.test(name) ? { info: rest[0] ?? '', devices: rest.slice(1).join(' ') } : { info: rest.join(' '), devices: '' };
}
