import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const GROUPS = ['data', 'metadata', 'system'] as const;
const SECTOR_BYTES = 512;

/**
 * Mounted btrfs file systems as sysfs shows them (kernel docs, filesystems/btrfs, and Documentation/ABI/testing/sysfs-fs-btrfs). What
 * node_exporter asks by ioctl as root beyond that (unused bytes and errors of each device) is not in sysfs and not shown.
 */
export const btrfs = defineCollector({
  name: 'btrfs',
  help: 'btrfs statistics',
  start: () => (host, sink) => {
    for (const folder of host.sys.list('fs/btrfs')) if (folder.includes('-')) writeFileSystem(host.sys, sink, folder);
  },
});

function writeFileSystem(sys: Tree, sink: Sink, folder: string): void {
  const path = `fs/btrfs/${folder}`;
  const metadataUuid = sys.tryRead(`${path}/metadata_uuid`)?.trim() ?? '';
  const uuid = metadataUuid === '' ? folder : metadataUuid;
  const label = sys.tryRead(`${path}/label`)?.trim() ?? '';
  const labels = labelText({ uuid });
  sink.gauge('node_btrfs_info', 'What the file system is; always 1.').add(1, labelText({ uuid, label }));
  sink
    .gauge('node_btrfs_global_rsv_size_bytes', 'Bytes that the file system keeps back for itself.')
    .add(sys.tryNumber(`${path}/allocation/global_rsv_size`) ?? 0, labels);
  writeCommits(sink, parseCommitStats(sys.tryRead(`${path}/commit_stats`) ?? ''), labels);
  const devices = sys.list(`${path}/devices`);
  for (const group of GROUPS) writeGroup(sys, sink, `${path}/allocation/${group}`, uuid, group, devices.length);
  const sizes = sink.gauge('node_btrfs_device_size_bytes', 'Size of a device of the file system, in bytes.');
  for (const device of devices)
    sizes.add(SECTOR_BYTES * (sys.tryNumber(`${path}/devices/${device}/size`) ?? 0), labelText({ uuid, device }));
}

/** Commits since mount; durations in seconds. Kernels before 6.0 do not count them: all 0. */
export interface CommitStats {
  readonly commits: number;
  readonly last: number;
  readonly longest: number;
  readonly total: number;
}

/** Reads commit_stats: lines such as `last_commit_ms 12`. */
export function parseCommitStats(text: string): CommitStats {
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    commits: value('commits'),
    last: value('last_commit_ms') / 1000,
    longest: value('max_commit_ms') / 1000,
    total: value('total_commit_ms') / 1000,
  };
}

function writeCommits(sink: Sink, { commits, last, longest, total }: CommitStats, labels: string): void {
  sink.counter('node_btrfs_commits_total', 'Transactions committed.').add(commits, labels);
  sink.gauge('node_btrfs_last_commit_seconds', 'Time that the last commit took, in seconds.').add(last, labels);
  sink.gauge('node_btrfs_max_commit_seconds', 'Time that the longest commit took, in seconds.').add(longest, labels);
  sink.counter('node_btrfs_commit_seconds_total', 'Time that all commits together took, in seconds.').add(total, labels);
}

function writeGroup(sys: Tree, sink: Sink, path: string, uuid: string, group: string, devices: number): void {
  const reserved = sink.gauge('node_btrfs_reserved_bytes', 'Bytes promised to writers and not yet allocated, by the type of block group.');
  reserved.add(sys.tryNumber(`${path}/bytes_reserved`) ?? 0, labelText({ uuid, block_group_type: group }));
  for (const mode of sys.list(path)) {
    const total = LAYOUTS.has(mode) ? sys.tryNumber(`${path}/${mode}/total_bytes`) : undefined;
    if (total === undefined) continue;
    const labels = labelText({ uuid, block_group_type: group, mode });
    const used = sys.tryNumber(`${path}/${mode}/used_bytes`) ?? 0;
    sink.gauge('node_btrfs_used_bytes', 'Bytes in use within block groups of the type and layout.').add(used, labels);
    sink.gauge('node_btrfs_size_bytes', 'Bytes allocated to block groups of the type and layout.').add(total, labels);
    sink
      .gauge('node_btrfs_allocation_ratio', 'Bytes on disk for each byte kept, by the layout.')
      .add(allocationRatio(mode, devices), labels);
  }
}

/** The kernel's names of block group profiles (fs/btrfs/volumes.c); other names in the folder are files. */
const LAYOUTS = new Set(['single', 'dup', 'raid0', 'raid1', 'raid1c3', 'raid1c4', 'raid10', 'raid5', 'raid6']);

/** Bytes on disk for each byte stored, on `devices` devices. */
export function allocationRatio(mode: string, devices: number): number {
  if (mode === 'single' || mode === 'raid0') return 1;
  if (mode === 'dup' || mode === 'raid1' || mode === 'raid10') return 2;
  if (mode === 'raid1c3') return 3;
  if (mode === 'raid1c4') return 4;
  if (mode === 'raid5') return devices / (devices - 1);
  if (mode === 'raid6') return devices / (devices - 2);
  return 0;
}
