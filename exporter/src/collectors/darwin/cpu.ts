import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from '../collector.ts';

const MODES = ['idle', 'nice', 'system', 'user'] as const;
const MILLISECONDS = 1000;

/** Seconds of each CPU in each mode that macOS knows, from host_processor_info as Node asks it. */
export const cpu = defineCollector({
  name: 'cpu',
  help: 'CPU statistics',
  start: () => (host, sink) => {
    const seconds = sink.counter('node_cpu_seconds_total', 'Seconds that the CPU spent in the mode.');
    for (const [number, { sys, ...times }] of host.system.cpus().entries())
      for (const mode of MODES)
        seconds.add((mode === 'system' ? sys : times[mode]) / MILLISECONDS, labelText({ cpu: String(number), mode }));
  },
});
