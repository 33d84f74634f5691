import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStateFile } from '../../ml-sidecar/src/storage/state-file.ts';
import { until } from '../end-to-end/started-program.ts';
import type { PolledRig } from './polled-rig.ts';

/** A small file system of its own, for a folder that can be full or read-only. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  empty(): void;
  readOnly(on: boolean): void;
  unmount(): void;
}

/** Mounts 8 MiB of memory; nothing where that is not allowed, which it says. */
export function mountSmallDisk(): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'presage-disk-'));
  const filler = join(path, 'filler');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    rmSync(path, { recursive: true });
    console.warn(`SKIPPED: no file system can be mounted here, which wants root on Linux (${String(error).split('\n')[0]})`);
    return undefined;
  }
  mkdirSync(join(path, 'state'));
  return {
    path: join(path, 'state'),
    fill() {
      // Down to the last block; it ends with an error when the disk is full.
      for (const size of [2 ** 16, 4096]) for (const block = Buffer.alloc(size); ;) if (!appended(filler, block)) break;
    },
    empty: () => rmSync(filler, { force: true }),
    readOnly: (on) => void execFileSync('mount', ['-o', `remount,${on ? 'ro' : 'rw'}`, path]),
    unmount() {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}

/** Allows a process files of no length at all, or of any: what a full disk does, without root. */
export function allowFiles(pid: number, allowed: boolean): void {
  execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${allowed ? 'unlimited' : '0'}:unlimited`]);
}

export interface UnsavedFigures {
  /** Saves that failed meanwhile, and log lines that say so. */
  readonly failures: number;
  readonly lines: readonly string[];
  /** Whether the state that was saved last can still be read. */
  readonly readable: boolean;
}

/** Makes saving impossible until it has failed, and possible again until it has succeeded. */
export async function withoutSaving(rig: PolledRig, forbid: () => void, permit: () => void): Promise<UnsavedFigures> {
  const saves = (result: 'failure' | 'success') => rig.metric(`presage_state_saves_total{watch="m",result="${result}"}`);
  const [before, said] = [await saves('failure'), rig.sidecar.said().length];
  forbid();
  let readable: boolean;
  try {
    await until(async () => (await saves('failure')) > before, 60, 'a save that fails');
    readable = [...(readStateFile(join(rig.storage, 'watches/m.state')) ?? [])].length > 0;
  } finally {
    permit();
  }
  const [failures, succeeded] = [(await saves('failure')) - before, await saves('success')];
  await until(async () => (await saves('success')) > succeeded, 60, 'a save that succeeds');
  const lines = rig.sidecar
    .said()
    .slice(said)
    .split('\n')
    .filter((line) => line.includes('state cannot be saved'));
  return { failures, lines, readable };
}

export const spoilings = ['torn', 'flipped', 'empty', 'gone'] as const;
export type Spoiling = (typeof spoilings)[number];

export interface SpoiltFigures {
  /** Starts that went on from the state before the newest, by the sidecar's own count, and the log line. */
  readonly previous: number;
  readonly line: string;
}

/** Kills the sidecar, spoils the newest state, and starts it anew. */
export async function spoilState(rig: PolledRig, how: Spoiling, random: () => number): Promise<SpoiltFigures> {
  const file = join(rig.storage, 'watches/m.state');
  const saves = () => rig.metric('presage_state_saves_total{watch="m",result="success"}');
  await until(async () => (await saves()) >= 2, 60, 'two saves');
  await rig.sidecar.stop('SIGKILL');
  const bytes = readFileSync(file);
  rmSync(file);
  if (how !== 'gone') writeFileSync(file, spoilt(bytes, how, random));
  await rig.restart('SIGKILL');
  const previous = await rig.metric('presage_state_restores_total{state="watch",watch="m",result="previous"}');
  return { previous, line: /.*the state before the newest is taken up.*/.exec(rig.sidecar.said())?.[0] ?? '' };
}

function spoilt(bytes: Buffer, how: Exclude<Spoiling, 'gone'>, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  if (how === 'empty') return Buffer.alloc(0);
  if (how === 'torn') return bytes.subarray(0, at);
  bytes[at] ^= 1 << Math.floor(8 * random());
  return bytes;
}

function appended(path: string, block: Buffer): boolean {
  try {
    writeFileSync(path, block, { flag: 'a' });
    return true;
  } catch {
    return false;
  }
}
