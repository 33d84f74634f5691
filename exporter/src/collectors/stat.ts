import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag } from '@presage/service/flags.ts';
import { defineCollector } from './collector.ts';

const SOFTIRQ = 'collector.stat.softirq';

/** Counters of the kernel as a whole from /proc/stat (proc(5)); the lines of each CPU belong to the collector cpu. */
export const stat = defineCollector({
  name: 'stat',
  help: 'various kernel statistics',
  flags: { [SOFTIRQ]: booleanFlag({ help: 'Show softirq calls per vector.' }) },
  start: (values) => (host, sink) => {
    const kernel = parseKernelStat(host.proc.read('stat'));
    sink.counter('node_intr_total', 'Interrupts since boot.').add(kernel.interrupts);
    sink.counter('node_context_switches_total', 'Switches from one task to another since boot.').add(kernel.contextSwitches);
    sink.counter('node_forks_total', 'Tasks started since boot.').add(kernel.forks);
    sink.gauge('node_boot_time_seconds', 'When the host was started, in Unix seconds.').add(kernel.bootTime);
    sink.gauge('node_procs_running', 'Tasks that run or could run.').add(kernel.running);
    sink.gauge('node_procs_blocked', 'Tasks that wait for a disk or the like.').add(kernel.blocked);
    if (!values[SOFTIRQ]) return;
    const softirqs = sink.counter('node_softirqs_total', 'Deferred interrupt work of each kind since boot.');
    kernel.softirqs.forEach((count, index) => softirqs.add(count, VECTOR_LABELS[index]));
  },
});

/** The vectors in the kernel's order (include/linux/interrupt.h). */
const VECTORS = ['hi', 'timer', 'net_tx', 'net_rx', 'block', 'block_iopoll', 'tasklet', 'sched', 'hrtimer', 'rcu'] as const;
const VECTOR_LABELS = VECTORS.map((vector) => labelText({ vector }));

/** What /proc/stat says beside the CPUs: counts since boot, boot time in Unix seconds, softirqs in the order of the kernel's vectors. */
export interface KernelStat {
  readonly interrupts: number;
  readonly contextSwitches: number;
  readonly forks: number;
  readonly bootTime: number;
  readonly running: number;
  readonly blocked: number;
  readonly softirqs: readonly number[];
}

/** Reads the lines by their first word; a line that this kernel lacks counts 0. */
export function parseKernelStat(text: string): KernelStat {
  const softirq = lineAfter(text, 'softirq').trim().split(' ').map(Number);
  return {
    interrupts: firstNumber(text, 'intr'),
    contextSwitches: firstNumber(text, 'ctxt'),
    forks: firstNumber(text, 'processes'),
    bootTime: firstNumber(text, 'btime'),
    running: firstNumber(text, 'procs_running'),
    blocked: firstNumber(text, 'procs_blocked'),
    softirqs: softirq.slice(1, 1 + VECTORS.length),
  };
}

function firstNumber(text: string, word: string): number {
  const start = startOf(text, word);
  if (start < 0) return 0;
  return Number.parseInt(text.slice(start, start + 24), 10) || 0;
}

function lineAfter(text: string, word: string): string {
  const start = startOf(text, word);
  if (start < 0) return '';
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end);
}

function startOf(text: string, word: string): number {
  const at = text.indexOf(`\n${word} `);
  return at < 0 ? -1 : at + word.length + 2;
}
