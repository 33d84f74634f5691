import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process holds at a moment. */
export interface Held {
  readonly rssMiB: number;
  /** Without those of network interfaces, of which the exporter holds some for as long as there is the interface. */
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
      descriptors: openOf(pid).filter((path) => !path.includes('/net/')).length,
      threads: field('Threads'),
      children: childrenOf(pid).length,
    };
  } catch {
    return undefined;
  }
}

/** What the open descriptors of a process stand for; one that was closed just now is left out. */
function openOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      return [];
    }
  });
}

function childrenOf(pid: number): readonly number[] {
  const own = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}
