import { labelText } from '@presage/service/exposition.ts';
import { HelperTimeout } from '../host/helper.ts';
import type { FileSystemStatus } from '../host/helper-protocol.ts';
import type { Host } from '../host/host.ts';
import type { Deadline } from '../scrape/deadline.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { filesystemFlags, mountFilter, MOUNT_TIMEOUT } from './filesystem-flags.ts';
import { parseMountinfo, type Mount } from './filesystem-mounts.ts';

const EXCLUDED = {
  mounts: '^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  types:
    '^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$',
} as const;

/**
 * Space and inodes of mounted file systems. Local ones answer statfs(2) from memory and are asked directly; every other kind may hang
 * with its server and is asked in the helper process: one that gives no answer in time shows node_filesystem_device_error 1.
 */
export const filesystem = defineCollector({
  name: 'filesystem',
  help: 'filesystem statistics',
  flags: filesystemFlags(EXCLUDED),
  start: (values) => {
    const isShown = mountFilter(values, EXCLUDED);
    let last = '';
    let mounts: readonly Mount[] = [];
    return (host, sink, deadline) => {
      const text = host.proc.tryRead('1/mountinfo') ?? host.proc.read('self/mountinfo');
      // Mounts change seldom, and container hosts have thousands.
      if (text !== last) {
        const shown = parseMountinfo(text, host.root.root).filter((mount) => isShown(mount.mountPoint, mount.fsType));
        mounts = distinct(shown);
        last = text;
      }
      return writeMounts(host, sink, mounts, timeoutWithin(deadline, values[MOUNT_TIMEOUT]));
    };
  },
});

/** Share of the time left that a mount may use, so that the answers in time are written in time. */
const SHARE = 0.9;

/** Seconds that a mount may use, of what is left for the scrape. */
export function timeoutWithin(deadline: Deadline, asked: number): number {
  return Math.min(asked, deadline.remaining() * SHARE);
}

/** Types whose statfs is answered by this kernel alone. ZFS is not among them: a suspended pool holds the caller. */
const LOCAL = new Set(
  'ext2 ext3 ext4 xfs btrfs apfs tmpfs ramfs rootfs vfat msdos exfat ntfs3 f2fs jfs reiserfs nilfs2 bcachefs hugetlbfs devtmpfs squashfs erofs iso9660 udf hfs hfsplus'.split(
    ' ',
  ),
);

/** Bind mounts and stacked mounts show once. */
function distinct(mounts: readonly Mount[]): Mount[] {
  const seen = new Set<string>();
  return mounts.filter(({ device, mountPoint, fsType }) => {
    const key = `${device}\n${mountPoint}\n${fsType}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Asks every mount and writes what it says. Gives a promise where some are asked in the helper. */
export function writeMounts(host: Host, sink: Sink, mounts: readonly Mount[], timeout: number): void | Promise<void> {
  const waiting: Promise<void>[] = [];
  for (const mount of mounts) {
    const path = host.root.path(mount.mountPoint.slice(1)).replace(/(.)\/$/, '$1');
    if (LOCAL.has(mount.fsType)) {
      writeAnswer(
        sink,
        mount,
        attempt(() => host.statfs(path)),
      );
      continue;
    }
    waiting.push(
      host.helper.statfs(path, timeout).then(
        (status) => writeAnswer(sink, mount, status),
        (error: unknown) => writeAnswer(sink, mount, error instanceof Error ? error : new Error(String(error))),
      ),
    );
  }
  if (waiting.length > 0) return Promise.all(waiting).then(() => undefined);
}

function attempt(ask: () => FileSystemStatus): FileSystemStatus | Error {
  try {
    return ask();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function writeAnswer(sink: Sink, mount: Mount, answer: FileSystemStatus | Error): void {
  const { device, mountPoint: mountpoint, fsType: fstype, major, minor } = mount;
  const failed = answer instanceof Error;
  const labels = labelText({ device, mountpoint, fstype, device_error: failed ? reason(answer) : '' });
  const gauge = (name: string, help: string, value: number) => sink.gauge(`node_filesystem_${name}`, help).add(value, labels);
  gauge('device_error', '1 where the file system could not be asked.', failed ? 1 : 0);
  gauge('readonly', '1 where the file system is mounted read-only.', mount.readOnly ? 1 : 0);
  const info = labelText({ device, major, minor, mountpoint });
  sink.gauge('node_filesystem_mount_info', 'Device numbers of the mount; always 1.').add(1, info);
  if (failed) return;
  gauge('size_bytes', 'Size of the file system, in bytes.', answer.blocks * answer.bsize);
  gauge('free_bytes', 'Bytes free, those kept for root among them.', answer.bfree * answer.bsize);
  gauge('avail_bytes', 'Bytes free for users other than root.', answer.bavail * answer.bsize);
  gauge('files', 'Inodes of the file system.', answer.files);
  gauge('files_free', 'Inodes still free.', answer.ffree);
}

/** node_exporter's words for a hang; else the system's, without the path, which is a label already. */
function reason(error: Error): string {
  if (error instanceof HelperTimeout) return 'mountpoint timeout';
  return error.message.replace(/^\w+: /, '').replace(/, statfs.*$/, '');
}
