import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

/** The command line of a living process, its words joined by blanks; undefined when there is no such process or it has ended. */
export function commandLineOf(pid: number, platform: string): string | undefined {
  const text = platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return text === '' ? undefined : text;
}

function fromProc(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // No such process: there is nothing to tell.
  }
}

function fromPs(pid: number): string {
  return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
