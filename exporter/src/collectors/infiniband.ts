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
    .gauge('node_infiniband_info', 'Non-numeric data from /sys/class/infiniband/<device>, value is always 1.')
    .add(1, labelText({ board_id: text('board_id'), device, firmware_version: text('fw_ver'), hca_type: text('hca_type') }));
}

function writePort(sys: Tree, sink: Sink, device: string, port: string): void {
  const path = `${ROOT}/${device}/ports/${port}`;
  const labels = labelText({ device, port });
  sink
    .gauge('node_infiniband_state_id', 'State of the InfiniBand port (0: no change, 1: down, 2: init, 3: armed, 4: active, 5: act defer)')
    .add(parseStateId(sys.read(`${path}/state`)), labels);
  sink
    .gauge(
      'node_infiniband_physical_state_id',
      'Physical state of the InfiniBand port (0: no change, 1: sleep, 2: polling, 3: disable, 4: shift, 5: link up, 6: link error recover, 7: phytest)',
    )
    .add(parseStateId(sys.read(`${path}/phys_state`)), labels);
  sink.gauge('node_infiniband_rate_bytes_per_second', 'Maximum signal transfer rate').add(parseRate(sys.read(`${path}/rate`)), labels);
  writeCounters(sys, sink, path, PORT_COUNTERS, labels);
  // Milliseconds, though the name says seconds; node_exporter's dashboards expect that.
  const lifespan = sys.tryNumber(`${path}/hw_counters/lifespan`);
  if (lifespan === undefined) return;
  sink
    .gauge(
      'node_infiniband_lifespan_seconds',
      'The maximum period in ms which defines the aging of the counter reads. Two consecutive reads within this period might return the same values.',
    )
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
