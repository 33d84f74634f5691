import * as os from 'node:os';

/** What Node itself tells of the machine, at once and on every system: no file, no other process. */
export interface System {
  /** Times of each CPU since the machine began, in milliseconds. */
  readonly cpus: () => readonly CpuTimes[];
  /** Load averages of 1, 5 and 15 minutes; zeros on Windows, which has none. */
  readonly loadAverages: () => readonly number[];
  /** Seconds since the machine began. */
  readonly uptime: () => number;
  /** Bytes of memory, and of it what is free: on Windows what programs can have, with the cache that can be dropped. */
  readonly memory: () => { readonly total: number; readonly free: number };
  /** uname(2), or what comes near to it on Windows. */
  readonly names: () => SystemNames;
}

/** Milliseconds that a CPU spent in each mode. On Windows `sys` holds `irq` as well. */
export interface CpuTimes {
  readonly user: number;
  readonly nice: number;
  readonly sys: number;
  readonly idle: number;
  readonly irq: number;
}

/** The fields of uname(2). */
export interface SystemNames {
  readonly sysname: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
  readonly nodename: string;
}

/** The machine that this process runs on. */
export const thisSystem: System = {
  cpus: () => os.cpus().map(({ times }) => times),
  loadAverages: os.loadavg,
  uptime: os.uptime,
  memory: () => ({ total: os.totalmem(), free: os.freemem() }),
  names: () => ({
    sysname: os.type(),
    release: os.release(),
    version: os.version(),
    machine: os.machine(),
    nodename: os.hostname(),
  }),
};
