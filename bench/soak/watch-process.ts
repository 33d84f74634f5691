import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds at a moment. */
export interface Held {
  readonly rssMiB: number;
  readonly descriptors: number;
  readonly threads: number;
}

/** Reads proc(5) of a process; nothing where it has gone. */
export function heldBy(pid: number): Held | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { rssMiB: field('VmRSS') / 1024, descriptors: readdirSync(`/proc/${pid}/fd`).length, threads: field('Threads') };
  } catch {
    return undefined;
  }
}
