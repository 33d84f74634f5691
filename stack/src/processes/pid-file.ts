import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLineOf } from './command-line.ts';

/** A process as it was started; the command line proves that the pid still means it. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  readonly command: string;
}

/** What runs from one data folder: the stack itself and its children, in the order in which they are to be ended. */
export interface PidFile {
  readonly stack: Running;
  readonly children: readonly Running[];
}

/** Writes the pid file of a data folder in one step. */
export function writePidFile(folder: string, content: PidFile): void {
  mkdirSync(folder, { recursive: true });
  const temporary = `${place(folder)}.new`;
  writeFileSync(temporary, `${JSON.stringify(content, undefined, 2)}\n`);
  renameSync(temporary, place(folder));
}

export function removePidFile(folder: string): void {
  rmSync(place(folder), { force: true });
}

/**
 * Ends what a stack left behind that was killed before it could. A pid whose command line is another one by now is left alone.
 * @returns the names of what was ended.
 * @throws Error when the stack that the file names is still running.
 */
export async function endLeftovers(folder: string, platform: string): Promise<readonly string[]> {
  const content = readPidFile(folder);
  if (content === undefined) return [];
  const { stack, children } = content;
  if (isStill(stack, platform))
    throw new Error(
      `a stack is running from ${folder} already (process ${stack.pid}); stop it with Ctrl-C or kill ${stack.pid}, or give --data another folder`,
    );
  const ended: string[] = [];
  for (const child of children) if (await end(child, platform)) ended.push(child.name);
  removePidFile(folder);
  return ended;
}

/** The pid file of a folder; undefined when there is none or it cannot be understood. */
export function readPidFile(folder: string): PidFile | undefined {
  if (!existsSync(place(folder))) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(place(folder), 'utf8'));
    return isPidFile(content) ? content : undefined;
  } catch {
    return undefined; // A torn file tells nothing; it is written anew.
  }
}

const place = (folder: string): string => path.join(folder, 'stack.json');

const isStill = ({ pid, command }: Running, platform: string): boolean => commandLineOf(pid, platform) === command;

/** SIGTERM, then SIGKILL after six seconds, to the whole process group. */
async function end(child: Running, platform: string): Promise<boolean> {
  if (!isStill(child, platform)) return false;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    for (let waited = 0; waited < 6000; waited += 50) {
      await sleep(50);
      if (!isStill(child, platform)) return true;
    }
  }
  throw new Error(`${child.name} (process ${child.pid}) of an earlier stack does not end; end it by hand`);
}

function isPidFile(value: unknown): value is PidFile {
  return isRecord(value) && isRunning(value['stack']) && Array.isArray(value['children']) && value['children'].every(isRunning);
}

function isRunning(value: unknown): value is Running {
  return isRecord(value) && typeof value['name'] === 'string' && Number.isInteger(value['pid']) && typeof value['command'] === 'string';
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
