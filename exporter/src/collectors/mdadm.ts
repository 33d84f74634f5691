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
  const disks = sink.gauge('node_md_disks', 'Disks of the array in the state: active, failed or spare.');
  disks.add(array.active, labelText({ device, state: 'active' }));
  disks.add(array.failed, labelText({ device, state: 'failed' }));
  disks.add(array.spare, labelText({ device, state: 'spare' }));
  sink.gauge('node_md_disks_required', 'Disks that the array needs to be whole.').add(array.required, labels);
  sink.gauge('node_md_blocks', 'Size of the array in blocks of 1 KiB.').add(array.blocks, labels);
  sink.gauge('node_md_blocks_synced', 'Blocks of 1 KiB that are in sync; all of them while nothing is rebuilt.').add(array.synced, labels);
  const states = sink.gauge('node_md_state', '1 for the state that the array is in.');
  for (const state of STATES) states.add(state === array.state ? 1 : 0, labelText({ device, state }));
}

/** Arrays without redundancy have no count of missing disks: 0. */
function writeDisks(sys: Tree, sink: Sink, device: string): void {
  const disks = sys.tryNumber(`block/${device}/md/raid_disks`);
  if (disks === undefined) return;
  const labels = labelText({ device });
  sink.gauge('node_md_raid_disks', 'Disks that make up the array, as sysfs says.').add(disks, labels);
  sink.gauge('node_md_degraded', 'Disks that the array lacks.').add(sys.tryNumber(`block/${device}/md/degraded`) ?? 0, labels);
}
