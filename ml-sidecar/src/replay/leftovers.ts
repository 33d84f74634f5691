import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Processes of this machine. */
export interface Processes {
  /** That of the program itself. */
  readonly own: number;
  /** The command line of a process; nothing where there is none. */
  readonly commandOf: (id: number) => string | undefined;
  readonly end: (id: number) => void;
}

/** A folder in which another replay is at work. */
export class WorkFolderError extends Error {}

/** Name of the file in a store's folder with the process of its Prometheus. */
export const PROMETHEUS_FILE = 'prometheus.pid';
const OWNER_FILE = 'replay.pid';
const STORES = /^store-/;

/**
 * Takes a work folder for this replay and clears away what one that was killed has left there: its store, and the Prometheus that
 * outlived it. Returns what gives the folder back. Throws a WorkFolderError while another replay has it.
 */
export function takeWorkFolder(folder: string, processes: Processes): () => void {
  const file = join(folder, OWNER_FILE);
  const owner = readId(file);
  // The number may be that of another program by now.
  if (owner !== undefined && owner !== processes.own && processes.commandOf(owner)?.includes('replay') === true)
    throw new WorkFolderError(`got ${JSON.stringify(folder)}, where process ${owner} is at work on a replay, want a folder of its own`);
  for (const store of readdirSync(folder).filter((name) => STORES.test(name))) {
    const path = join(folder, store);
    const prometheus = readId(join(path, PROMETHEUS_FILE));
    if (prometheus !== undefined && processes.commandOf(prometheus)?.includes(store) === true) processes.end(prometheus);
    rmSync(path, { recursive: true, force: true });
  }
  writeFileSync(file, `${processes.own}\n`);
  return () => rmSync(file, { force: true });
}

function readId(file: string): number | undefined {
  try {
    const id = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(id) && id > 0 ? id : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
