import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds at a moment. */
export interface Held {
  readonly rssMiB: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Processes that it has started and that live, theirs included. */
  readonly children: number;
}

/** Reads proc(5) of a process; nothing where it has gone. */
export function heldBy(pid: number): Held | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      rssMiB: field('VmRSS') / 1024,
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      threads: field('Threads'),
      children: childrenOf(pid).length,
    };
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): readonly number[] {
  const own = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}
