import { defineCollector, NoData } from './collector.ts';

const FAMILIES = [
  {
    file: 'cpu',
    kind: 'some',
    name: 'node_pressure_cpu_waiting_seconds_total',
    help: 'Time in which some task waited for a CPU, in seconds.',
  },
  {
    file: 'io',
    kind: 'some',
    name: 'node_pressure_io_waiting_seconds_total',
    help: 'Time in which some task waited for I/O, in seconds.',
  },
  {
    file: 'io',
    kind: 'full',
    name: 'node_pressure_io_stalled_seconds_total',
    help: 'Time in which every task waited for I/O, in seconds.',
  },
  {
    file: 'memory',
    kind: 'some',
    name: 'node_pressure_memory_waiting_seconds_total',
    help: 'Time in which some task waited for memory, in seconds.',
  },
  {
    file: 'memory',
    kind: 'full',
    name: 'node_pressure_memory_stalled_seconds_total',
    help: 'Time in which every task waited for memory, in seconds.',
  },
  {
    file: 'irq',
    kind: 'full',
    name: 'node_pressure_irq_stalled_seconds_total',
    help: 'Time in which every task waited for interrupts to be handled, in seconds.',
  },
] as const;

/** Pressure stall information (kernel docs, accounting/psi.rst). IRQ pressure exists since Linux 6.1. */
export const pressure = defineCollector({
  name: 'pressure',
  help: 'pressure stall statistics',
  start: () => (host, sink) => {
    let found = false;
    for (const { file, kind, name, help } of FAMILIES) {
      const text = host.proc.tryRead(`pressure/${file}`);
      const total = text === undefined ? undefined : parsePressureTotal(text, kind);
      if (total === undefined) continue;
      sink.counter(name, help).add(total);
      found = true;
    }
    if (!found) throw new NoData('pressure: none, want a kernel with PSI switched on (psi=1)');
  },
});

/** Seconds of the `total` field, kept in microseconds, of the line `some` or `full`; undefined where there is no such line. */
export function parsePressureTotal(text: string, kind: 'some' | 'full'): number | undefined {
  const match = new RegExp(`^${kind} .*total=(\\d+)$`, 'm').exec(text);
  return match === null ? undefined : Number(match[1]) / 1e6;
}
