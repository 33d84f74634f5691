import { readFileSync } from 'node:fs';

/** Most memory that a process has had, MiB: VmHWM of proc(5). */
export function highestMiB(pid: number): number {
  return field(pid, 'VmHWM');
}

/** Memory that a process has now, MiB: VmRSS of proc(5). */
export function residentMiB(pid: number): number {
  return field(pid, 'VmRSS');
}

function field(pid: number, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) / 1024;
}
