import type { Batch } from '../../ml-sidecar/src/replay/store.ts';
import type { GeneratedHost } from './hosts.ts';

/** Seconds between two samples: `rate(…[5m])` needs two of a counter in five minutes. */
const GAUGE = 300;
const COUNTER = 150;

/** Writes a host as its exporter and a probe would have been scraped from `start` to `end`, Unix seconds. */
export function writeHost(host: GeneratedHost, { start, end }: { readonly start: number; readonly end: number }, batch: Batch): void {
  const node = { instance: host.name, job: 'node' };
  const memory = 16 * 2 ** 30;
  const gauge = (name: string, labels: Readonly<Record<string, string>>, at: (time: number) => number): void => {
    for (let time = start; time <= end; time += GAUGE) batch.add(name, labels, time, at(time));
  };
  gauge('node_memory_MemTotal_bytes', node, () => memory);
  gauge('node_memory_MemAvailable_bytes', node, (time) => Math.round(memory * (1 - host.memory(time))));
  gauge('node_load1', node, host.load);
  for (const [mountpoint, device, used] of [
    ['/', '/dev/sda1', host.root],
    ['/data', '/dev/sdb1', host.data],
  ] as const) {
    const labels = { ...node, mountpoint, device, fstype: 'ext4' };
    gauge('node_filesystem_size_bytes', labels, () => 500e9);
    gauge('node_filesystem_avail_bytes', labels, (time) => Math.round(500e9 * (1 - used(time))));
    gauge('node_filesystem_readonly', labels, () => 0);
  }
  gauge('probe_duration_seconds', { instance: host.name, job: 'probe' }, host.latency);
  writeCpu(host, { start, end }, batch);
}

/** Two cores, seconds idle and in use since the start. */
function writeCpu({ name, cpu }: GeneratedHost, { start, end }: { readonly start: number; readonly end: number }, batch: Batch): void {
  for (const core of ['0', '1']) {
    for (const mode of ['idle', 'user']) {
      const labels = { instance: name, job: 'node', cpu: core, mode };
      let total = 0;
      for (let time = start; time <= end; time += COUNTER) {
        batch.add('node_cpu_seconds_total', labels, time, total);
        const used = cpu(time + COUNTER / 2);
        total += COUNTER * (mode === 'idle' ? 1 - used : used);
      }
    }
  }
}
