import { labelText } from '@presage/service/exposition.ts';
import { countIn, rowsOf, textIn } from '../../sampler/fields.ts';
import { defineCollector, NoData } from '../collector.ts';
import { filesystemFlags, mountFilter } from '../filesystem-flags.ts';

const EXCLUDED = { mounts: '', types: '' } as const;

/** Space of the drives with a letter. Windows knows no inodes, and what is free is free for everybody but for quotas. */
export const filesystem = defineCollector({
  name: 'filesystem',
  help: 'filesystem statistics',
  flags: filesystemFlags(EXCLUDED),
  sources: ['fsSize'],
  start: (values) => {
    const isShown = mountFilter(values, EXCLUDED);
    return (host, sink) => {
      const rows = rowsOf('fsSize', host.samples.latest('fsSize'));
      if (rows.length === 0) throw new NoData('fsSize: no drive');
      for (const row of rows) {
        const [device, mountpoint, fstype] = [textIn(row, 'fs'), textIn(row, 'mount'), textIn(row, 'type')];
        const [size, available] = [countIn(row, 'size'), countIn(row, 'available')];
        if (size === undefined || available === undefined || !isShown(mountpoint, fstype)) continue;
        const labels = labelText({ device, mountpoint, fstype, device_error: '' });
        sink.gauge('node_filesystem_device_error', '1 where the file system could not be asked.').add(0, labels);
        sink.gauge('node_filesystem_readonly', '1 where the drive cannot be written to.').add(row['rw'] === false ? 1 : 0, labels);
        sink.gauge('node_filesystem_size_bytes', 'Size of the file system, in bytes.').add(size, labels);
        sink.gauge('node_filesystem_free_bytes', 'Bytes free.').add(available, labels);
        sink.gauge('node_filesystem_avail_bytes', 'Bytes free for users.').add(available, labels);
      }
    };
  },
});
