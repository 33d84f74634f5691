import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import type { Family } from '../scrape/family.ts';
import { defineCollector } from './collector.ts';

/** Processes and threads by state, counted in /proc (proc_pid_stat(5)). */
export const processes = defineCollector({
  name: 'processes',
  help: 'processes and threads by state',
  start: () => (host, sink) => {
    const maximumThreads = Number(host.proc.read('sys/kernel/threads-max'));
    const maximumProcesses = Number(host.proc.read('sys/kernel/pid_max'));
    const { processStates, threadStates, threads, pids } = countProcesses(host);
    sink.gauge('node_processes_threads', 'Threads of all processes.').add(threads);
    sink.gauge('node_processes_max_threads', 'Most threads that the kernel allows.').add(maximumThreads);
    addStates(sink.gauge('node_processes_state', 'Processes in the state, by its letter as in ps.'), 'state', processStates);
    addStates(sink.gauge('node_processes_threads_state', 'Threads in the state, by its letter as in ps.'), 'thread_state', threadStates);
    sink.gauge('node_processes_pids', 'Processes there are.').add(pids);
    sink.gauge('node_processes_max_processes', 'Greatest process number that the kernel gives out.').add(maximumProcesses);
  },
});

function addStates(family: Family, label: string, counts: ReadonlyMap<string, number>): void {
  for (const [state, count] of counts) family.add(count, labelText({ [label]: state }));
}

interface Counts {
  readonly processStates: Map<string, number>;
  readonly threadStates: Map<string, number>;
  pids: number;
  threads: number;
}

/** Processes that end between the listing and the reading are left out. The only thread of a process has the state of the process. */
function countProcesses(host: Host): Counts {
  const counts: Counts = { processStates: new Map(), threadStates: new Map(), pids: 0, threads: 0 };
  for (const name of host.proc.list('')) {
    if (!isNumber(name)) continue;
    const text = host.proc.readOnce(`${name}/stat`);
    const status = text === undefined ? undefined : parseProcessStatus(text);
    if (status === undefined) continue;
    counts.pids += 1;
    counts.threads += status.threads;
    increase(counts.processStates, status.state);
    if (status.threads > 1) countThreads(host, name, counts.threadStates);
    else increase(counts.threadStates, status.state);
  }
  return counts;
}

function countThreads(host: Host, pid: string, states: Map<string, number>): void {
  for (const thread of host.proc.listOnce(`${pid}/task`)) {
    const text = host.proc.readOnce(`${pid}/task/${thread}/stat`);
    const status = text === undefined ? undefined : parseProcessStatus(text);
    if (status !== undefined) increase(states, status.state);
  }
}

function isNumber(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A process's state letter and its number of threads. */
export interface ProcessStatus {
  readonly state: string;
  readonly threads: number;
}

/** Fields after the command's name, which stands in parentheses and may hold any character: the state is the first, threads the 18th. */
const THREADS = 17;

/** Reads /proc/PID/stat; undefined where it is cut, as it is for a process that just ended. */
export function parseProcessStatus(text: string): ProcessStatus | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', THREADS + 1);
  const threads = Number(fields[THREADS]);
  return /^[A-Za-z]$/.test(fields[0]) && threads >= 0 ? { state: fields[0], threads } : undefined;
}
