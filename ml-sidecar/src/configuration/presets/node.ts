import type { Preset, PresetWatch, SelectorWriter } from './preset.ts';

const realFilesystems =
  'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|fuse.*|nsfs|rootfs",mountpoint!~"/(dev|proc|run|sys)($|/.*)"';
const realDisks = 'device!~"(loop|ram|zram|sr|fd|dm-)[0-9]*.*"';
const realDevices = 'device!~"(lo|veth.*|docker.*|br-.*|cali.*|flannel.*|virbr.*)"';

/** What every host wants watched, from the names of node_exporter and blackbox_exporter. */
export const node: Preset = {
  name: 'node',
  help: 'CPU, memory, filesystems, disks, network, load, file descriptors, probes and certificates of every host.',
  watches: (selector) => [...processing(selector), ...storage(selector), ...reach(selector)],
};

function processing(selector: SelectorWriter): readonly PresetWatch[] {
  return [
    {
      name: 'cpu',
      record: 'node:cpu:watched',
      expr: `1 - avg by (instance, job) (rate(node_cpu_seconds_total${selector('mode="idle"')}[5m]))`,
      bounds: [0, 1],
      limits: [{ name: 'saturated', side: 'above', value: 0.95 }],
    },
    {
      name: 'load',
      record: 'node:load:watched',
      expr: `node_load1${selector()} / on (instance, job) count by (instance, job) (node_cpu_seconds_total${selector('mode="idle"')})`,
      bounds: [0, Infinity],
      limits: [{ name: 'overloaded', side: 'above', value: 2 }],
    },
    {
      name: 'memory',
      record: 'node:memory:watched',
      // The names of Linux and Windows, then those of macOS.
      expr:
        `1 - node_memory_MemAvailable_bytes${selector()} / node_memory_MemTotal_bytes${selector()}` +
        ` or 1 - node_memory_available_bytes${selector()} / node_memory_total_bytes${selector()}`,
      bounds: [0, 1],
      limits: [{ name: 'exhausted', side: 'above', value: 0.95 }],
    },
    {
      name: 'file-descriptors',
      record: 'node:file_descriptors:watched',
      expr: `node_filefd_allocated${selector()} / (node_filefd_maximum${selector()} > 0)`,
      bounds: [0, 1],
      limits: [{ name: 'exhausted', side: 'above', value: 0.9 }],
    },
  ];
}

function storage(selector: SelectorWriter): readonly PresetWatch[] {
  return [
    {
      name: 'filesystem',
      record: 'node:filesystem:watched',
      expr: `1 - node_filesystem_avail_bytes${selector(realFilesystems)} / (node_filesystem_size_bytes${selector(realFilesystems)} > 0)`,
      bounds: [0, 1],
      limits: [{ name: 'full', side: 'above', value: 0.97 }],
    },
    {
      name: 'filesystem-inodes',
      record: 'node:filesystem_inodes:watched',
      expr: `1 - node_filesystem_files_free${selector(realFilesystems)} / (node_filesystem_files${selector(realFilesystems)} > 0)`,
      bounds: [0, 1],
      limits: [{ name: 'full', side: 'above', value: 0.97 }],
    },
    {
      name: 'disk-latency',
      record: 'node:disk_latency:watched',
      expr:
        `(rate(node_disk_read_time_seconds_total${selector(realDisks)}[5m]) + rate(node_disk_write_time_seconds_total${selector(realDisks)}[5m]))` +
        ` / (rate(node_disk_reads_completed_total${selector(realDisks)}[5m]) + rate(node_disk_writes_completed_total${selector(realDisks)}[5m]) > 0)`,
      bounds: [0, Infinity],
      limits: [],
    },
    {
      name: 'disk-saturation',
      record: 'node:disk_saturation:watched',
      expr: `rate(node_disk_io_time_seconds_total${selector(realDisks)}[5m])`,
      bounds: [0, 1],
      limits: [{ name: 'saturated', side: 'above', value: 0.95 }],
    },
  ];
}

function reach(selector: SelectorWriter): readonly PresetWatch[] {
  return [
    {
      name: 'network-receive',
      record: 'node:network_receive:watched',
      expr: `rate(node_network_receive_bytes_total${selector(realDevices)}[5m])`,
      bounds: [0, Infinity],
      limits: [],
    },
    {
      name: 'network-transmit',
      record: 'node:network_transmit:watched',
      expr: `rate(node_network_transmit_bytes_total${selector(realDevices)}[5m])`,
      bounds: [0, Infinity],
      limits: [],
    },
    {
      name: 'probe-latency',
      record: 'node:probe_latency:watched',
      expr: `avg_over_time(probe_duration_seconds${selector()}[5m])`,
      bounds: [0, Infinity],
      limits: [],
    },
    {
      name: 'certificate-expiry',
      record: 'node:certificate_expiry:watched',
      expr: `probe_ssl_earliest_cert_expiry${selector()} - time()`,
      bounds: [-Infinity, Infinity],
      limits: [{ name: 'expired', side: 'below', value: 0 }],
    },
  ];
}
