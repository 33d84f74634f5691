import type { Logger } from '@presage/service/log.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Memory of this process, bytes. */
export interface MemoryUse {
  /** What it holds, and the most that the system lets it (its cgroup, or the machine). */
  readonly resident: number;
  readonly limit: number;
  /** The same of the JavaScript heap. */
  readonly heap: number;
  readonly heapLimit: number;
}

/** What is told of memory. */
export interface MemoryMetrics {
  /** A series was left out because memory is nearly used up. */
  readonly refusedByMemory: () => void;
  readonly memoryLimit: (bytes: number) => void;
}

/** Registers the metrics of memory. */
export function createMemoryMetrics(registers: Registry[]): MemoryMetrics {
  const refused = new Counter({
    name: 'presage_memory_refusals_total',
    help: 'Times that a series was left out because memory was nearly used up.',
    registers,
  });
  const limit = new Gauge({
    name: 'presage_memory_limit_bytes',
    help: 'Memory that this process may hold before no more series are taken.',
    registers,
  });
  return { refusedByMemory: () => refused.inc(), memoryLimit: (bytes) => limit.set(bytes) };
}

/** Share of the limits past which no more series are taken: what is there needs room for answers, fits and saving. */
const fullAt = 0.75;
/** Calls, and seconds, after which memory is looked at again. */
const callsBetween = 16;
const secondsBetween = 1;
const tellEvery = 60;

/**
 * Whether there is memory for one more series: an answer to be asked for each, and cheap. Past three quarters of what the system
 * allows, no; what is followed already goes on. `clock` in monotonic seconds.
 */
export function createMemoryGuard(read: () => MemoryUse, clock: () => number, log: Logger, metrics: MemoryMetrics): () => boolean {
  let [calls, readAt, told, full] = [0, -Infinity, -Infinity, false];
  metrics.memoryLimit(fullAt * read().limit);
  return () => {
    if (calls++ % callsBetween === 0 || clock() - readAt > secondsBetween) {
      const { resident, limit, heap, heapLimit } = read();
      full = resident > fullAt * limit || heap > fullAt * heapLimit;
      readAt = clock();
      if (full && readAt - told > tellEvery) {
        told = readAt;
        const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
        const found = { resident: mebibytes(resident), limit: mebibytes(limit), heap: mebibytes(heap), heap_limit: mebibytes(heapLimit) };
        log.warn('memory is nearly used up, no more series are taken (MiB)', found);
      }
    }
    if (full) metrics.refusedByMemory();
    return !full;
  };
}
