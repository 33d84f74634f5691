import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { parseMdstat, type MdArray } from './mdstat.ts';

/** The values of the label `state`. An array that is being reshaped is shown as active. */
const STATES = ['active', 'inactive', 'recovering', 'check', 'resync'] as const;

/** Software RAID arrays from /proc/mdstat and sysfs (md(4), kernel docs, admin-guide/md.rst). */
export const mdadm = defineCollector({
  name: 'mdadm',
  help: 'software RAID arrays',
  start: () => (host, sink) => {
    const arrays = parseMdstat(host.proc.read('mdstat'));
    for (const array of arrays) writeArray(sink, array);
    for (const name of host.sys.list('block')) if (name.startsWith('md')) writeDisks(host.sys, sink, name);
  },
});

function writeArray(sink: Sink, array: MdArray): void {
  const { device } = array;
  const labels = labelText({ device });
  const disks = sink.gauge('node_md_disks', 'Number of active/failed/spare disks of device.');
  disks.add(array.active, labelText({ device, state: 'active' }));
  disks.add(array.failed, labelText({ device, state: 'failed' }));
  disks.add(array.spare, labelText({ device, state: 'spare' }));
  sink.gauge('node_md_disks_required', 'Total number of disks of device.').add(array.required, labels);
  sink.gauge('node_md_blocks', 'Total number of blocks on device.').add(array.blocks, labels);
  sink.gauge('node_md_blocks_synced', 'Number of blocks synced on device.').add(array.synced, labels);
  const states = sink.gauge('node_md_state', 'Indicates the state of md-device.');
  for (const state of STATES) states.add(state === array.state ? 1 : 0, labelText({ device, state }));
}

/** Arrays without redundancy have no count of missing disks: 0. */
function writeDisks(sys: Tree, sink: Sink, device: string): void {
  const disks = sys.tryNumber(`block/${device}/md/raid_disks`);
  if (disks === undefined) return;
  const labels = labelText({ device });
  sink.gauge('node_md_raid_disks', 'Number of raid disks on device.').add(disks, labels);
  sink.gauge('node_md_degraded', 'Number of degraded disks on device.').add(sys.tryNumber(`block/${device}/md/degraded`) ?? 0, labels);
}
