import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const SECTOR_BYTES = 512;

/** Device-mapper multipath devices and their paths from sysfs (kernel docs, ABI/testing/sysfs-block-dm). */
export const dmmultipath = defineCollector({
  name: 'dmmultipath',
  help: 'device-mapper multipath devices',
  start: () => (host, sink) => {
    for (const name of host.sys.list('block')) if (name.startsWith('dm-')) writeDevice(host.sys, sink, name);
  },
});

function writeDevice(sys: Tree, sink: Sink, name: string): void {
  const uuid = sys.tryRead(`block/${name}/dm/uuid`)?.trim() ?? '';
  if (!uuid.startsWith('mpath-')) return;
  const device = sys.read(`block/${name}/dm/name`).trim();
  const labels = labelText({ device, sysfs_name: name });
  const suspended = sys.read(`block/${name}/dm/suspended`).trim() === '1';
  sink
    .gauge('node_dmmultipath_device_info', 'What the multipath device is; always 1.')
    .add(1, labelText({ device, sysfs_name: name, uuid }));
  sink
    .gauge('node_dmmultipath_device_active', '1 where the multipath device works, 0 where it is suspended.')
    .add(suspended ? 0 : 1, labels);
  sink
    .gauge('node_dmmultipath_device_size_bytes', 'Size of the multipath device, in bytes.')
    .add(SECTOR_BYTES * Number(sys.read(`block/${name}/size`)), labels);
  writePaths(sys, sink, name, device, labels);
}

/** A path is up when its SCSI device is running or its NVMe controller live. */
function writePaths(sys: Tree, sink: Sink, name: string, device: string, labels: string): void {
  const states = sink.gauge('node_dmmultipath_path_state', "1 for the state that the path's device is in.");
  const paths = sys.list(`block/${name}/slaves`);
  let active = 0;
  for (const path of paths) {
    const state = sys.read(`block/${path}/device/state`).trim();
    if (state === 'running' || state === 'live') active += 1;
    states.add(1, labelText({ device, path, state }));
  }
  sink.gauge('node_dmmultipath_device_paths', 'Paths of the multipath device.').add(paths.length, labels);
  sink.gauge('node_dmmultipath_device_paths_active', 'Paths of the multipath device that work.').add(active, labels);
  sink.gauge('node_dmmultipath_device_paths_failed', 'Paths of the multipath device that do not work.').add(paths.length - active, labels);
}
