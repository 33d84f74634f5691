import { statfsSync } from 'node:fs';
import { arch, machine, networkInterfaces, platform, type NetworkInterfaceInfo } from 'node:os';
import { loadNative, type Native } from './native.ts';
import { createPageBytes } from './page-bytes.ts';
import { Tree } from './tree.ts';
import { thisSystem, type System } from './system.ts';
import { createZoneReader, type Zone } from './time-zone.ts';
import { noSamples, type Samples } from '../sampler/sampler.ts';
import type { FileSystemStatus } from './helper-protocol.ts';
import type { Helper } from './helper.ts';

/** Where a host's files are, and its clocks. */
export interface HostPaths {
  readonly procfs: string;
  readonly sysfs: string;
  readonly rootfs: string;
  readonly udevData: string;
  /** The compiled zone file of this process: /etc/localtime, or what TZ names. */
  readonly zoneFile: string;
}

/** All that a collector may read. Collectors touch nothing else: no `fs`, no `process`, no clock of their own. */
export interface Host {
  /** --path.procfs */
  readonly proc: Tree;
  /** --path.sysfs */
  readonly sys: Tree;
  /** --path.rootfs: regular files, opened anew at each scrape. */
  readonly root: Tree;
  /** --path.udev.data */
  readonly udev: Tree;
  /** Does what may hang (statfs, files on network mounts, slow sensors) in a process that can be killed. */
  readonly helper: Helper;
  /** The machine's architecture as uname(2) names it, for kernels without /proc/sys/kernel/arch. */
  readonly machine: string;
  /** What Node tells of the machine without a file. */
  readonly system: System;
  /** What is sampled in the background, on systems that tell nothing in files. */
  readonly samples: Samples;
  /** statfs(2) in this process: for file systems that cannot hang. Throws the system's error. */
  readonly statfs: (path: string) => FileSystemStatus;
  /** The addresses of this machine's interfaces. */
  readonly addresses: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** The time zone of this process. */
  readonly zone: (date: Date) => Zone;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Size of a memory page in bytes. */
  readonly pageBytes: () => number;
  /** System calls that Node lacks, loaded at the first use. Rejects where the optional package for them is missing. */
  readonly native: () => Promise<Native>;
}

/** One line of fixed form after the other, or a single text. */
const SHORT_RECORDS = new Set(
  'loadavg stat meminfo uptime diskstats net/arp net/dev net/snmp net/sockstat net/sockstat6 net/softnet_stat net/tcp net/tcp6 net/udp net/udp6 net/stat/nf_conntrack pressure/cpu pressure/io pressure/irq pressure/memory'.split(
    ' ',
  ),
);

/** A host whose files are read from the given roots. `helper` is forked at its first use, not here. */
export function createHost(paths: HostPaths, helper: Helper, samples: Samples = noSamples): Host {
  const now = () => performance.now();
  const pseudo = { keepOpen: true, now };
  const plain = { keepOpen: false, shortReadIsEnd: false, now };
  const proc = new Tree({ root: paths.procfs, ...pseudo, shortReadIsEnd: false, parametersIn: 'sys/', shortRecords: SHORT_RECORDS });
  let native: Promise<Native> | undefined;
  return {
    proc,
    sys: new Tree({ root: paths.sysfs, ...pseudo, shortReadIsEnd: true, foldersMoveIn: 'class/net/' }),
    root: new Tree({ root: paths.rootfs, ...plain }),
    udev: new Tree({ root: paths.udevData, ...plain }),
    helper,
    system: thisSystem,
    samples,
    machine: machine(),
    statfs: (path) => statfsSync(path),
    addresses: networkInterfaces,
    zone: createZoneReader(paths.zoneFile),
    now: () => Date.now() / 1000,
    pageBytes: createPageBytes(proc),
    native: () => (native ??= loadNative(platform(), arch())),
  };
}

/** Starts a scrape on every tree of the host: nothing read before is believed. */
export function nextScrape(host: Host): void {
  host.proc.nextScrape();
  host.sys.nextScrape();
  host.root.nextScrape();
  host.udev.nextScrape();
}

/** Closes every descriptor and ends the helper. */
export function closeHost(host: Host): void {
  host.proc.close();
  host.sys.close();
  host.root.close();
  host.udev.close();
  host.helper.close();
}
