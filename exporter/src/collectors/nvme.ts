import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';

/** The unit of `size` in sysfs, whatever the device's own blocks are (kernel docs, ABI/stable/sysfs-block). */
const SECTOR_BYTES = 512;

/** NVMe controllers and their namespaces. */
export const nvme = defineCollector({
  name: 'nvme',
  help: 'NVMe devices',
  start: () => (host, sink) => {
    const devices = host.sys.list('class/nvme');
    if (devices.length === 0 && !host.sys.exists('class/nvme')) throw new NoData('class/nvme: not found');
    for (const device of devices) writeDevice(host, sink, device);
  },
});

function writeDevice(host: Host, sink: Sink, device: string): void {
  const field = (file: string) => (host.sys.tryRead(`class/nvme/${device}/${file}`) ?? '').trim();
  const info = {
    device,
    firmware_revision: field('firmware_rev'),
    model: field('model'),
    serial: field('serial'),
    state: field('state'),
    cntlid: field('cntlid'),
  };
  sink.gauge('node_nvme_info', 'What the NVMe device is; always 1.').add(1, labelText(info));
  for (const name of host.sys.list(`class/nvme/${device}`)) {
    const nsid = namespaceId(name);
    if (nsid !== undefined) writeNamespace(host, sink, { device, nsid }, `class/nvme/${device}/${name}`);
  }
}

function writeNamespace(host: Host, sink: Sink, of: { readonly device: string; readonly nsid: string }, folder: string): void {
  const size = host.sys.tryNumber(`${folder}/size`);
  if (size === undefined) return;
  const block = host.sys.tryNumber(`${folder}/queue/logical_block_size`) ?? SECTOR_BYTES;
  const used = host.sys.tryNumber(`${folder}/nuse`) ?? 0;
  const labels = labelText(of);
  const ana_state = (host.sys.tryRead(`${folder}/ana_state`) ?? 'unknown').trim();
  sink.gauge('node_nvme_namespace_info', 'What the NVMe namespace is; always 1.').add(1, labelText({ ...of, ana_state }));
  sink.gauge('node_nvme_namespace_capacity_bytes', 'Bytes that the namespace can hold.').add(size * SECTOR_BYTES, labels);
  sink.gauge('node_nvme_namespace_size_bytes', 'Size of the namespace in bytes.').add(size * SECTOR_BYTES, labels);
  sink.gauge('node_nvme_namespace_used_bytes', 'Bytes of the namespace in use.').add(used * block, labels);
  sink.gauge('node_nvme_namespace_logical_block_size_bytes', 'Size of a logical block in bytes.').add(block, labels);
}

/** The id in a namespace's folder, `nvme0n1` or `nvme0c0n1` with several paths; undefined for every other folder. */
export function namespaceId(folder: string): string | undefined {
  return /^nvme\d+(?:c\d+)?n(\d+)$/.exec(folder)?.[1];
}
