import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

const NANOSECONDS = 1e-9;

/** Time that tasks ran and waited, by CPU (kernel docs, scheduler/sched-stats.rst). */
export const schedstat = defineCollector({
  name: 'schedstat',
  help: 'scheduler statistics by CPU',
  start: () => (host, sink) => {
    for (const { cpu, running, waiting, timeslices } of parseSchedstat(host.proc.read('schedstat'))) {
      const labels = labelText({ cpu });
      sink.counter('node_schedstat_running_seconds_total', 'Seconds that tasks ran on this CPU.').add(running, labels);
      sink.counter('node_schedstat_waiting_seconds_total', 'Seconds that tasks waited for this CPU.').add(waiting, labels);
      sink.counter('node_schedstat_timeslices_total', 'Time slices run on this CPU.').add(timeslices, labels);
    }
  },
});

/** One CPU's times in seconds. */
export interface CpuSchedule {
  readonly cpu: string;
  readonly running: number;
  readonly waiting: number;
  readonly timeslices: number;
}

/** The lines `cpuN …`, whose seventh to ninth number are meant. Throws where a line is shorter. */
export function parseSchedstat(text: string): CpuSchedule[] {
  const cpus: CpuSchedule[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('cpu')) continue;
    const match = /^cpu(\d+)(?: \d+){6} (\d+) (\d+) (\d+)/.exec(line);
    if (match === null) throw new Error(`schedstat: got ${JSON.stringify(line.slice(0, 100))}, want cpuN and nine numbers`);
    const [, cpu, running, waiting, timeslices] = match;
    cpus.push({ cpu, running: Number(running) * NANOSECONDS, waiting: Number(waiting) * NANOSECONDS, timeslices: Number(timeslices) });
  }
  return cpus;
}
