import { existsSync } from 'node:fs';
import path from 'node:path';

/** What the stack knows of the machine it runs on; made once in main.ts, so that nothing else reads the environment. */
export interface Machine {
  /** Node's name of the system: linux, darwin. */
  readonly platform: string;
  /** The architecture as Prometheus' releases and Debian name it: amd64, arm64. */
  readonly architecture: string;
  /** Folders in which programs are looked for, in order. */
  readonly programFolders: readonly string[];
  /** Folder for everything fetched; made when first written. */
  readonly cache: string;
  readonly home: string | undefined;
  readonly isRoot: boolean;
  /** The environment that child processes inherit. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Tells the user one line of progress. */
  readonly say: (line: string) => void;
}

/** The raw facts that `describeMachine` reads; `process` has all of them. */
export interface MachineFacts {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userId: number | undefined;
  readonly temporaryFolder: string;
  readonly say: (line: string) => void;
}

/** Turns the facts of a process into a Machine: program folders from PATH, cache from XDG_CACHE_HOME, else the system's place. */
export function describeMachine(facts: MachineFacts): Machine {
  const home = facts.env['HOME'];
  return {
    platform: facts.platform,
    architecture: architectures[facts.arch] ?? facts.arch,
    programFolders: (facts.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
    cache: path.join(cacheHome(facts), 'presage'),
    home,
    isRoot: facts.userId === 0,
    environment: facts.env,
    say: facts.say,
  };
}

/** The first program of one of these names on the PATH, or undefined. */
export function findOnPath(machine: Machine, names: readonly string[]): string | undefined {
  return machine.programFolders.flatMap((folder) => names.map((name) => path.join(folder, name))).find((file) => existsSync(file));
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

function cacheHome({ env, platform, userId, temporaryFolder }: MachineFacts): string {
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg !== undefined && path.isAbsolute(xdg)) return xdg;
  const home = env['HOME'];
  if (home === undefined || !existsSync(home)) return path.join(temporaryFolder, `cache-${userId ?? 'user'}`);
  return platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache');
}
