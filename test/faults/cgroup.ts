import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

/** A group of processes that may hold so much memory and no more. */
export interface MemoryGroup {
  /** Words before those of a program that shall run in it. */
  readonly run: readonly string[];
  /** Takes in a process that runs already: what it asks for from then on counts. */
  take(pid: number): void;
  /** Most memory that it has held, bytes. */
  highest(): number;
  /** Times that the kernel ended a process in it for want of memory. */
  kills(): number;
  remove(): void;
}

const versions = [
  { root: '/sys/fs/cgroup', limit: 'memory.max', highest: 'memory.peak', kills: ['memory.events', /^oom_kill (\d+)/m] },
  {
    root: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    highest: 'memory.max_usage_in_bytes',
    kills: ['memory.oom_control', /^oom_kill (\d+)/m],
  },
] as const;

/** Makes a group by cgroups version 2 or 1; nothing where that is not allowed, which it says. `name` keeps those of a process apart. */
export function createMemoryGroup(bytes: number, name = 'sidecar'): MemoryGroup | undefined {
  for (const { root, limit, highest, kills } of versions) {
    const folder = `${root}/presage-test-${process.pid}-${name}`;
    const read = (file: string): string => readFileSync(`${folder}/${file}`, 'utf8');
    try {
      mkdirSync(folder);
      // Refused where this version is not the one that limits memory here.
      writeFileSync(`${folder}/${limit}`, String(bytes), { flag: 'r+' });
    } catch {
      removeGroup(folder);
      continue;
    }
    return {
      run: ['sh', '-c', `echo $$ > ${folder}/cgroup.procs && exec "$@"`, 'sh'],
      take: (pid) => writeFileSync(`${folder}/cgroup.procs`, String(pid)),
      highest: () => Number(read(highest)),
      kills: () => Number(kills[1].exec(read(kills[0]))?.[1] ?? 0),
      remove: () => removeGroup(folder),
    };
  }
  console.warn('SKIPPED: no cgroup with a limit of memory can be made here, which wants root on Linux');
  return undefined;
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made.
  }
}
