import { integrate } from './counter.ts';
import { historySeconds, type Filesystem, type Host, type ProbedSite, type Story, within } from './story.ts';

/** One generated series, of which the value at any time from the start of the history on can be asked. */
export interface GeneratedSeries {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** Labels besides `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  /** NaN where there is no sample. */
  readonly at: (time: number) => number;
}

/** What one scrape target exposes. */
export interface Target {
  readonly job: string;
  readonly instance: string;
  readonly series: readonly GeneratedSeries[];
  /** Whether it answers at a time. */
  readonly up: (time: number) => boolean;
}

/** Every target of the story: a node exporter per host, a probe per site, and the services. */
export function targetsOf(story: Story): readonly Target[] {
  const origin = story.anchor - historySeconds - 3600;
  const nodes = story.hosts.map((host) => target('node', host.name, nodeSeries(host, origin), host.outages));
  const services = story.hosts.flatMap(({ name, service, outages }) =>
    service === undefined
      ? []
      : [target(service.job, `${name}:8080`, [gauge('process_resident_memory_bytes', {}, service.residentBytes)], outages)],
  );
  return [...nodes, ...services, ...story.sites.map((site) => target('probe', site.url, probeSeries(site), []))];
}

function target(job: string, instance: string, series: readonly GeneratedSeries[], outages: Host['outages']): Target {
  const up = (time: number): boolean => !within(outages, time);
  return { job, instance, up, series: series.map((one) => ({ ...one, at: (time) => (up(time) ? one.at(time) : NaN) })) };
}

function nodeSeries(host: Host, origin: number): readonly GeneratedSeries[] {
  const { activity, cores, memoryBytes, memory, diskLatency } = host;
  const boot = (time: number): number => Math.max(origin, ...host.outages.map(({ end }) => end).filter((end) => end <= time));
  /** Counters start at zero with every boot. */
  const counter = (name: string, labels: Record<string, string>, rate: (time: number) => number): GeneratedSeries => {
    const total = integrate(rate, origin);
    return { name, type: 'counter', labels, at: (time) => total.at(time) - total.at(boot(time)) };
  };
  const busy = (time: number): number => Math.min(0.99, 0.05 + 0.62 * activity(time));
  const operations = (time: number): number => 5 + 120 * activity(time);
  const disk = { device: 'sda' };
  const network = { device: 'eth0' };
  const cpu = Array.from({ length: cores }, (_, core) => cpuSeries(counter, String(core), busy)).flat();
  return [
    ...cpu,
    gauge('node_load1', {}, (time) => cores * busy(time) * 1.1),
    gauge('node_memory_MemTotal_bytes', {}, () => memoryBytes),
    gauge('node_memory_MemAvailable_bytes', {}, (time) => Math.round(memoryBytes * (1 - memory(time)))),
    ...host.filesystems.flatMap(filesystemSeries),
    counter('node_disk_reads_completed_total', disk, (time) => 0.4 * operations(time)),
    counter('node_disk_writes_completed_total', disk, (time) => 0.6 * operations(time)),
    counter('node_disk_read_time_seconds_total', disk, (time) => 0.4 * operations(time) * diskLatency(time)),
    counter('node_disk_write_time_seconds_total', disk, (time) => 0.6 * operations(time) * diskLatency(time)),
    counter('node_disk_io_time_seconds_total', disk, (time) => Math.min(0.98, 0.7 * operations(time) * diskLatency(time))),
    counter('node_network_receive_bytes_total', network, (time) => 4e4 + 3e6 * activity(time)),
    counter('node_network_transmit_bytes_total', network, (time) => 6e4 + 9e6 * activity(time)),
    gauge('node_filefd_allocated', {}, (time) => Math.round(2200 + 9000 * activity(time))),
    gauge('node_filefd_maximum', {}, () => 65_536),
    gauge('node_boot_time_seconds', {}, boot),
    gauge('node_uname_info', { nodename: host.name, sysname: 'Linux', machine: 'x86_64', release: 'generated' }, () => 1),
  ];
}

type MakeCounter = (name: string, labels: Record<string, string>, rate: (time: number) => number) => GeneratedSeries;

function cpuSeries(counter: MakeCounter, cpu: string, busy: (time: number) => number): readonly GeneratedSeries[] {
  const shares = { user: 0.72, system: 0.22, iowait: 0.06 };
  const modes = Object.entries(shares).map(([mode, share]) =>
    counter('node_cpu_seconds_total', { cpu, mode }, (time) => share * busy(time)),
  );
  return [...modes, counter('node_cpu_seconds_total', { cpu, mode: 'idle' }, (time) => 1 - busy(time))];
}

function filesystemSeries({ mountpoint, device, bytes, used }: Filesystem): readonly GeneratedSeries[] {
  const labels = { device, mountpoint, fstype: 'ext4' };
  return [
    gauge('node_filesystem_size_bytes', labels, () => bytes),
    gauge('node_filesystem_avail_bytes', labels, (time) => Math.round(bytes * (1 - used(time)))),
  ];
}

function probeSeries({ seconds, outages, certificateExpiry }: ProbedSite): readonly GeneratedSeries[] {
  return [
    gauge('probe_success', {}, (time) => (within(outages, time) ? 0 : 1)),
    gauge('probe_duration_seconds', {}, (time) => (within(outages, time) ? 5 : seconds(time))),
    gauge('probe_ssl_earliest_cert_expiry', {}, (time) => (within(outages, time) ? NaN : certificateExpiry)),
  ];
}

const gauge = (name: string, labels: Record<string, string>, at: (time: number) => number): GeneratedSeries => ({
  name,
  type: 'gauge',
  labels,
  at,
});
