import { defineCollector, NoData } from './collector.ts';

const FAMILIES = [
  {
    file: 'cpu',
    kind: 'some',
    name: 'node_pressure_cpu_waiting_seconds_total',
    help: 'Total time in seconds that processes have waited for CPU time',
  },
  {
    file: 'io',
    kind: 'some',
    name: 'node_pressure_io_waiting_seconds_total',
    help: 'Total time in seconds that processes have waited due to IO congestion',
  },
  {
    file: 'io',
    kind: 'full',
    name: 'node_pressure_io_stalled_seconds_total',
    help: 'Total time in seconds no process could make progress due to IO congestion',
  },
  {
    file: 'memory',
    kind: 'some',
    name: 'node_pressure_memory_waiting_seconds_total',
    help: 'Total time in seconds that processes have waited for memory',
  },
  {
    file: 'memory',
    kind: 'full',
    name: 'node_pressure_memory_stalled_seconds_total',
    help: 'Total time in seconds no process could make progress due to memory congestion',
  },
  {
    file: 'irq',
    kind: 'full',
    name: 'node_pressure_irq_stalled_seconds_total',
    help: 'Total time in seconds no process could make progress due to IRQ congestion',
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
