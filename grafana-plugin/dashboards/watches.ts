/** A watch of the sidecar's preset `node` as the host dashboard shows it. */
export interface HostWatch {
  readonly watch: string;
  readonly title: string;
  readonly unit: string;
  /** What the watch asks Prometheus, for one instance; test/contract holds it to the preset. */
  readonly expr: string;
  /** Tells the series of one host apart. */
  readonly legend: string;
}

const filesystems = 'fstype!~"tmpfs|ramfs|devtmpfs|overlay|squashfs|iso9660|fuse.*|nsfs|rootfs",mountpoint!~"/(dev|proc|run|sys)($|/.*)"';
const disks = 'device!~"(loop|ram|zram|sr|fd|dm-)[0-9]*.*"';
const devices = 'device!~"(lo|veth.*|docker.*|br-.*|cali.*|flannel.*|virbr.*)"';
const host = 'instance="$instance"';

export const processing: readonly HostWatch[] = [
  {
    watch: 'cpu',
    title: 'CPU',
    unit: 'percentunit',
    legend: 'busy',
    expr: `1 - avg by (instance, job) (rate(node_cpu_seconds_total{mode="idle",${host}}[5m]))`,
  },
  {
    watch: 'memory',
    title: 'Memory',
    unit: 'percentunit',
    legend: 'used',
    expr:
      `1 - node_memory_MemAvailable_bytes{${host}} / node_memory_MemTotal_bytes{${host}}` +
      ` or 1 - node_memory_available_bytes{${host}} / node_memory_total_bytes{${host}}`,
  },
  {
    watch: 'load',
    title: 'Load of each core',
    unit: 'short',
    legend: 'load',
    expr: `node_load1{${host}} / on (instance, job) count by (instance, job) (node_cpu_seconds_total{mode="idle",${host}})`,
  },
  {
    watch: 'file-descriptors',
    title: 'File descriptors',
    unit: 'percentunit',
    legend: 'in use',
    expr: `node_filefd_allocated{${host}} / (node_filefd_maximum{${host}} > 0)`,
  },
];

export const storage: readonly HostWatch[] = [
  {
    watch: 'filesystem',
    title: 'Filesystems',
    unit: 'percentunit',
    legend: '{{mountpoint}}',
    expr: `1 - node_filesystem_avail_bytes{${filesystems},${host}} / (node_filesystem_size_bytes{${filesystems},${host}} > 0)`,
  },
  {
    watch: 'filesystem-inodes',
    title: 'Inodes',
    unit: 'percentunit',
    legend: '{{mountpoint}}',
    expr: `1 - node_filesystem_files_free{${filesystems},${host}} / (node_filesystem_files{${filesystems},${host}} > 0)`,
  },
  {
    watch: 'disk-latency',
    title: 'Time of a disk operation',
    unit: 's',
    legend: '{{device}}',
    expr:
      `(rate(node_disk_read_time_seconds_total{${disks},${host}}[5m]) + rate(node_disk_write_time_seconds_total{${disks},${host}}[5m]))` +
      ` / (rate(node_disk_reads_completed_total{${disks},${host}}[5m]) + rate(node_disk_writes_completed_total{${disks},${host}}[5m]) > 0)`,
  },
  {
    watch: 'disk-saturation',
    title: 'Disks busy',
    unit: 'percentunit',
    legend: '{{device}}',
    expr: `rate(node_disk_io_time_seconds_total{${disks},${host}}[5m])`,
  },
];

export const network: readonly HostWatch[] = [
  {
    watch: 'network-receive',
    title: 'Received',
    unit: 'Bps',
    legend: '{{device}}',
    expr: `rate(node_network_receive_bytes_total{${devices},${host}}[5m])`,
  },
  {
    watch: 'network-transmit',
    title: 'Sent',
    unit: 'Bps',
    legend: '{{device}}',
    expr: `rate(node_network_transmit_bytes_total{${devices},${host}}[5m])`,
  },
];

/** For a probed address, which is an instance of its own. */
export const probes: readonly HostWatch[] = [
  {
    watch: 'probe-latency',
    title: 'Time of a probe',
    unit: 's',
    legend: 'probe',
    expr: `avg_over_time(probe_duration_seconds{${host}}[5m])`,
  },
  {
    watch: 'certificate-expiry',
    title: 'Time until the certificate expires',
    unit: 's',
    legend: 'certificate',
    expr: `probe_ssl_earliest_cert_expiry{${host}} - time()`,
  },
];
