import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { PORT_COUNTERS, type PortCounter } from './infiniband-counters.ts';
import { HARDWARE_COUNTERS } from './infiniband-hardware-counters.ts';

const ROOT = 'class/infiniband';

/** InfiniBand and RoCE devices and their ports (kernel docs, ABI/stable/sysfs-class-infiniband). */
export const infiniband = defineCollector({
  name: 'infiniband',
  help: 'InfiniBand devices',
  start: () => (host, sink) => {
    const devices = host.sys.list(ROOT);
    if (devices.length === 0) throw new NoData(`infiniband: nothing in ${ROOT}`);
    for (const device of devices) {
      writeDevice(host.sys, sink, device);
      for (const port of host.sys.list(`${ROOT}/${device}/ports`)) writePort(host.sys, sink, device, port);
    }
  },
});

function writeDevice(sys: Tree, sink: Sink, device: string): void {
  const text = (file: string) => sys.tryRead(`${ROOT}/${device}/${file}`)?.trim() ?? '';
  sink
    .gauge('node_infiniband_info', 'What the InfiniBand device is; always 1.')
    .add(1, labelText({ board_id: text('board_id'), device, firmware_version: text('fw_ver'), hca_type: text('hca_type') }));
}

function writePort(sys: Tree, sink: Sink, device: string, port: string): void {
  const path = `${ROOT}/${device}/ports/${port}`;
  const labels = labelText({ device, port });
  sink
    .gauge(
      'node_infiniband_state_id',
      'Logical state of the port: 1 down, 2 initializing, 3 armed, 4 active, 5 active but deferred, 0 unchanged.',
    )
    .add(parseStateId(sys.read(`${path}/state`)), labels);
  sink
    .gauge(
      'node_infiniband_physical_state_id',
      'Physical state of the port: 1 sleeping, 2 polling, 3 disabled, 4 training, 5 up, 6 recovering, 7 under test, 0 unchanged.',
    )
    .add(parseStateId(sys.read(`${path}/phys_state`)), labels);
  sink
    .gauge('node_infiniband_rate_bytes_per_second', 'Rate of the link, in bytes a second.')
    .add(parseRate(sys.read(`${path}/rate`)), labels);
  writeCounters(sys, sink, path, PORT_COUNTERS, labels);
  // Milliseconds, though the name says seconds; node_exporter's dashboards expect that.
  const lifespan = sys.tryNumber(`${path}/hw_counters/lifespan`);
  if (lifespan === undefined) return;
  sink
    .gauge('node_infiniband_lifespan_seconds', 'Milliseconds for which the hardware counters may stay the same between two reads.')
    .add(lifespan, labels);
  writeCounters(sys, sink, path, HARDWARE_COUNTERS, labels);
}

/** A device without performance management says `N/A (no PMA)`: no sample. */
function writeCounters(sys: Tree, sink: Sink, path: string, counters: readonly PortCounter[], labels: string): void {
  for (const { file, name, help, factor } of counters) {
    const value = sys.tryNumber(`${path}/${file}`);
    if (value !== undefined) sink.counter(`node_infiniband_${name}`, help).add(value * factor, labels);
  }
}

/** The number of a state such as `4: ACTIVE`. Throws on another form. */
export function parseStateId(text: string): number {
  const match = /^(\d+):/.exec(text);
  if (match === null) throw new Error(`infiniband state: got ${JSON.stringify(text.slice(0, 40))}, want N: NAME`);
  return Number(match[1]);
}

/** Bytes per second of a rate such as `40 Gb/sec (4X QDR)`. Throws on another form. */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s+Gb\/sec/.exec(text);
  if (match === null) throw new Error(`infiniband rate: got ${JSON.stringify(text.slice(0, 40))}, want N Gb/sec`);
  return (Number(match[1]) * 1e9) / 8;
}
