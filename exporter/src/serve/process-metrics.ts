import { getHeapStatistics } from 'node:v8';
import { createPageBytes } from '../host/page-bytes.ts';
import { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';

/** Ticks of a process's times are a hundredth of a second on every Linux that Node runs on (USER_HZ). */
const TICKS = 100;
/** What client libraries show for a limit that there is not. */
const NO_LIMIT = 2 ** 64;

/** Shows this process under the names that Prometheus' client libraries share, and the heap of its runtime. */
export interface ProcessMetrics {
  write(sink: Sink): void;
  close(): void;
}

/** What the runtime tells of this process: CPU time in seconds, size of the resident memory in bytes. */
export interface OwnUsage {
  readonly user: number;
  readonly system: number;
  readonly resident: number;
}

/**
 * `procfs` is where this process finds itself as `self`. Where there is none, as on other systems than Linux, times and size are what
 * `usage` tells, and what else it would hold is left out.
 */
export function createProcessMetrics(procfs: string, startSeconds: number, usage: () => OwnUsage): ProcessMetrics {
  const own = new Tree({ root: procfs, keepOpen: true, shortReadIsEnd: false, now: () => performance.now() });
  const pageBytes = createPageBytes(own);
  const limits = parseLimits(own.readOnce('self/limits') ?? '');
  return {
    write(sink) {
      own.nextScrape();
      writeUsage(sink, parseStat(own.tryRead('self/stat') ?? '', pageBytes()) ?? usage());
      for (const { metric, help, value } of limits) sink.gauge(metric, help).add(value);
      const descriptors = own.sizeOf('self/fd') || own.list('self/fd').length;
      if (descriptors > 0) sink.gauge('process_open_fds', 'Open file descriptors.').add(descriptors);
      sink.gauge('process_start_time_seconds', 'Unix time at which the process began.').add(startSeconds);
      const heap = getHeapStatistics();
      sink.gauge('nodejs_heap_size_total_bytes', 'Size of the heap.').add(heap.total_heap_size);
      sink.gauge('nodejs_heap_size_used_bytes', 'Size of what the heap holds.').add(heap.used_heap_size);
      sink.gauge('nodejs_external_memory_bytes', 'Memory outside of the heap that its objects hold.').add(heap.external_memory);
    },
    close: () => own.close(),
  };
}

/** /proc/PID/stat, proc(5): fields 14 and 15 are times, 23 and 24 sizes. The name in parentheses may hold anything. */
function parseStat(stat: string, pageBytes: number): (OwnUsage & { readonly virtual: number }) | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 22) return undefined;
  const [user, system] = [Number(fields[11]) / TICKS, Number(fields[12]) / TICKS];
  return { user, system, virtual: Number(fields[20]), resident: Number(fields[21]) * pageBytes };
}

function writeUsage(sink: Sink, { user, system, resident, virtual }: OwnUsage & { readonly virtual?: number }): void {
  sink.counter('process_cpu_user_seconds_total', 'Seconds of user CPU time.').add(user);
  sink.counter('process_cpu_system_seconds_total', 'Seconds of system CPU time.').add(system);
  sink.counter('process_cpu_seconds_total', 'Seconds of CPU time, user and system.').add(user + system);
  if (virtual !== undefined) sink.gauge('process_virtual_memory_bytes', 'Size of the virtual memory.').add(virtual);
  sink.gauge('process_resident_memory_bytes', 'Size of the resident memory.').add(resident);
}

/** They are set before the process begins. */
function parseLimits(text: string): { readonly metric: string; readonly help: string; readonly value: number }[] {
  return LIMITS.flatMap(([name, metric, help]) => {
    const match = new RegExp(`^${name}\\s+(\\d+|unlimited)`, 'm').exec(text);
    return match === null ? [] : [{ metric, help, value: match[1] === 'unlimited' ? NO_LIMIT : Number(match[1]) }];
  });
}

const LIMITS = [
  ['Max open files', 'process_max_fds', 'Most file descriptors that may be open.'],
  ['Max address space', 'process_virtual_memory_max_bytes', 'Largest size of the virtual memory.'],
] as const;
