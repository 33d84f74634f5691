import { rowsOf, textIn } from '../../sampler/fields.ts';
import { defineCollector, NoData } from '../collector.ts';
import { filesystemFlags, mountFilter, MOUNT_TIMEOUT } from '../filesystem-flags.ts';
import type { Mount } from '../filesystem-mounts.ts';
import { timeoutWithin, writeMounts } from '../filesystem.ts';

const EXCLUDED = { mounts: '^/(dev)($|/)', types: '^devfs$' } as const;

/**
 * Space and inodes of mounted file systems: which there are is sampled, how full they are is asked at the scrape, and of those that may
 * hang in the helper process.
 */
export const filesystem = defineCollector({
  name: 'filesystem',
  help: 'filesystem statistics',
  flags: filesystemFlags(EXCLUDED),
  sources: ['fsSize'],
  start: (values) => {
    const isShown = mountFilter(values, EXCLUDED);
    return (host, sink, deadline) => {
      const all = mountsOf(host.samples.latest('fsSize'));
      if (all.length === 0) throw new NoData('fsSize: no file system');
      const mounts = all.filter(({ mountPoint, fsType }) => isShown(mountPoint, fsType));
      return writeMounts(host, sink, mounts, timeoutWithin(deadline, values[MOUNT_TIMEOUT]));
    };
  },
});

/** The mounts of `fsSize()`, each mount point once. The library writes the usual types in capitals, mount(8) does not. */
export function mountsOf(sample: unknown): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const row of rowsOf('fsSize', sample)) {
    const mountPoint = textIn(row, 'mount');
    if (!mountPoint.startsWith('/')) continue;
    const fsType = textIn(row, 'type').toLowerCase();
    mounts.set(mountPoint, { device: textIn(row, 'fs'), mountPoint, fsType, major: '', minor: '', readOnly: row['rw'] === false });
  }
  return [...mounts.values()];
}
