import type { Tree } from './tree.ts';

const USUAL = 4096;

/**
 * Reads the size of a memory page in bytes, once: the kernel tells the size of this process both in pages (statm) and in kB (VmSize of
 * status), and pages are powers of two. 4096 where it tells neither, as on a fixture.
 */
export function createPageBytes(proc: Tree): () => number {
  let known: number | undefined;
  return () => (known ??= pageBytes(proc.readOnce('self/statm') ?? '', proc.readOnce('self/status') ?? ''));
}

/** The page size that /proc/PID/statm and /proc/PID/status tell together. The process may grow between the two, hence the rounding. */
export function pageBytes(statm: string, status: string): number {
  const pages = Number(/^(\d+) /.exec(statm)?.[1] ?? NaN);
  const kilobytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN);
  const bytes = 2 ** Math.round(Math.log2((kilobytes * 1024) / pages));
  return Number.isFinite(bytes) && bytes >= USUAL ? bytes : USUAL;
}
