import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';
import { parseInterruptTable } from './interrupt-table.ts';

/** Soft interrupts by CPU from /proc/softirqs (proc(5)). */
export const softirqs = defineCollector({
  name: 'softirqs',
  help: 'soft interrupts by CPU',
  start: () => {
    const known = new Map<string, string[]>();
    return (host, sink) => {
      const family = sink.counter('node_softirqs_functions_total', 'Deferred interrupt work of each kind on each CPU.');
      const { cpus, lines } = parseInterruptTable(host.proc.read('softirqs'));
      for (const { name, counts } of lines) {
        const labels = known.get(name) ?? [];
        known.set(name, labels);
        for (let index = 0; index < cpus.length; index += 1)
          family.add(counts[index], (labels[index] ??= labelText({ cpu: cpus[index], type: name })));
      }
    };
  },
});
