import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from '../collector.ts';

const MILLISECONDS = 1000;

/** Seconds of each CPU in each mode. Windows counts its interrupts in the system's time as well; they are taken out of it. */
export const cpu = defineCollector({
  name: 'cpu',
  help: 'CPU statistics',
  start: () => (host, sink) => {
    const seconds = sink.counter('node_cpu_seconds_total', 'Seconds that the CPU spent in the mode.');
    for (const [number, { idle, irq, sys, user }] of host.system.cpus().entries())
      for (const [mode, time] of [
        ['idle', idle],
        ['irq', irq],
        ['system', Math.max(0, sys - irq)],
        ['user', user],
      ] as const)
        seconds.add(time / MILLISECONDS, labelText({ cpu: String(number), mode }));
  },
});
