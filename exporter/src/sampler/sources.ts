import { execFile } from 'node:child_process';
import type { Systeminformation } from 'systeminformation';

/** A program of the system with its arguments. */
interface Command {
  readonly file: string;
  readonly parameters: readonly string[];
}

/** The functions of systeminformation 5 that are asked; its documentation describes their results. */
export interface Library {
  mem(): Promise<Systeminformation.MemData>;
  fsSize(): Promise<readonly Systeminformation.FsSizeData[]>;
  battery(): Promise<Systeminformation.BatteryData>;
  networkStats(interfaces: string): Promise<readonly Systeminformation.NetworkStatsData[]>;
  networkInterfaces(): Promise<Systeminformation.NetworkInterfacesData | readonly Systeminformation.NetworkInterfacesData[]>;
}

const FUNCTIONS = {
  mem: (library: Library) => library.mem(),
  fsSize: (library: Library) => library.fsSize(),
  battery: (library: Library) => library.battery(),
  networkStats: (library: Library) => library.networkStats('*'),
  networkInterfaces: (library: Library) => library.networkInterfaces(),
} as const;

/** What systeminformation does not tell, or not for each device, comes from the system's own programs as the text they print. */
const COMMANDS = {
  /** vm_stat(1): pages of memory by use. */
  vm_stat: { file: '/usr/bin/vm_stat', parameters: [] },
  /** netstat(1): counters of each interface, in bytes too, with dropped packets, without names of addresses. */
  netstat: { file: '/usr/sbin/netstat', parameters: ['-ibdn'] },
  /** ioreg(8): each block storage driver with its statistics, and the disk below it. */
  ioreg: { file: '/usr/sbin/ioreg', parameters: ['-r', '-c', 'IOBlockStorageDriver', '-d', '2', '-l', '-w', '0'] },
  /** pmset(1): limits put on the CPUs for heat. */
  pmset: { file: '/usr/bin/pmset', parameters: ['-g', 'therm'] },
  /** Raw performance counters of the disks as JSON. */
  physicalDisk: {
    file: 'powershell.exe',
    parameters: [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      'Get-CimInstance Win32_PerfRawData_PerfDisk_PhysicalDisk | Select-Object Name,CurrentDiskQueueLength,DiskReadsPersec,DiskReadBytesPersec,PercentDiskReadTime,DiskWritesPersec,DiskWriteBytesPersec,PercentDiskWriteTime | ConvertTo-Json -Compress',
    ],
  },
} as const satisfies Readonly<Record<string, Command>>;

/** Something to ask the system for. */
export type SourceName = keyof typeof FUNCTIONS | keyof typeof COMMANDS;

export const isSourceName = (name: unknown): name is SourceName =>
  typeof name === 'string' && (Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(COMMANDS, name));

/** Longest time for one program, in seconds; below the sampler's own, so that the program ends before its parent does. */
const PROGRAM_SECONDS = 15;
const MOST_BYTES = 4 * 1024 * 1024;

/** Asks a source: gives the library's result, or what the program printed. Rejects with the program's or the library's error. */
export function askSystem(source: SourceName, load: () => Promise<Library>): Promise<unknown> {
  if (isFunctionName(source)) return load().then<unknown>(FUNCTIONS[source]);
  return printed(COMMANDS[source]);
}

function isFunctionName(source: SourceName): source is keyof typeof FUNCTIONS {
  return Object.hasOwn(FUNCTIONS, source);
}

/** What a program prints. Rejects where it is missing, fails, or takes too long. */
function printed({ file, parameters }: Command): Promise<string> {
  const options = { timeout: PROGRAM_SECONDS * 1000, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES, windowsHide: true } as const;
  return new Promise((resolve, reject) => {
    execFile(file, [...parameters], options, (error, output) => {
      if (error === null) resolve(output);
      else reject(new Error(error.killed === true ? `${file}: no answer within ${PROGRAM_SECONDS} s` : `${file}: ${error.message.trim()}`));
    });
  });
}
