import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NoData } from '../collectors/collector.ts';
import type { FileSystemStatus } from '../host/helper-protocol.ts';
import type { Host } from '../host/host.ts';
import type { CpuTimes, SystemNames } from '../host/system.ts';
import { helperIn, hostOver } from './fixture-host.ts';

const folder = fileURLToPath(new URL('../../testdata/systems/', import.meta.url));

/** A machine of testdata/systems: see the README.md there. */
export interface RecordedSystem {
  readonly platform: 'darwin' | 'win32';
  readonly system: {
    readonly cpus: readonly CpuTimes[];
    readonly loadAverages: readonly number[];
    readonly uptime: number;
    readonly memory: { readonly total: number; readonly free: number };
    readonly names: SystemNames;
  };
  readonly samples: Readonly<Record<string, unknown>>;
  /**
   * What systeminformation runs, and the lines that are printed: by `PROGRAM ARGUMENTS` on macOS, by `powershell.exe CLASS` on Windows.
   */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  readonly statfs: Readonly<Record<string, FileSystemStatus>>;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

/** Names of the machines, without `.json`. */
export function recordedSystems(): string[] {
  return readdirSync(folder).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
}

/** Reads one machine. */
export function readSystem(name: string): RecordedSystem {
  const system: RecordedSystem = JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));
  return system;
}

/** A host that answers as the machine; `change` may spoil its samples, undefined takes one away. `clear` removes its folder. */
export function hostOf(
  machine: RecordedSystem,
  change: (sample: unknown) => unknown = (sample) => sample,
): { host: Host; clear: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'presage-system-'));
  for (const [path, lines] of Object.entries(machine.files)) {
    mkdirSync(dirname(`${root}/root/${path}`), { recursive: true });
    writeFileSync(`${root}/root/${path}`, `${lines.join('\n')}\n`);
  }
  const { cpus, loadAverages, uptime, memory, names } = machine.system;
  const statfs = (path: string) => {
    const status = machine.statfs[path.slice(`${root}/root`.length) || '/'];
    if (status === undefined) throw new Error(`EIO: i/o error, statfs '${path}'`);
    return status;
  };
  const host: Host = {
    ...hostOver(root, { ...helperIn(root), statfs: async (path) => statfs(path) }),
    statfs,
    system: { cpus: () => cpus, loadAverages: () => loadAverages, uptime: () => uptime, memory: () => memory, names: () => names },
    samples: {
      latest: (source) => {
        const sample = change(asAnswered(machine.samples[source]));
        if (sample === undefined) throw new NoData(`${source}: no sample yet`);
        return sample;
      },
    },
  };
  return { host, clear: () => rmSync(root, { recursive: true, force: true }) };
}

/** A text is recorded as a list of its lines. */
function asAnswered(recorded: unknown): unknown {
  return Array.isArray(recorded) && recorded.every((line) => typeof line === 'string') ? `${recorded.join('\n')}\n` : recorded;
}
