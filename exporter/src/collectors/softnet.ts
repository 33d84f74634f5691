import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

const FAMILIES = [
  ['processed', 'node_softnet_processed_total', 'counter', 'Packets processed by this CPU.'],
  ['dropped', 'node_softnet_dropped_total', 'counter', 'Packets dropped because the backlog was full.'],
  ['timesSqueezed', 'node_softnet_times_squeezed_total', 'counter', 'Times that processing ended with work left.'],
  ['cpuCollision', 'node_softnet_cpu_collision_total', 'counter', 'Collisions while a device lock was taken to transmit.'],
  ['receivedRps', 'node_softnet_received_rps_total', 'counter', 'Times that this CPU was woken to process packets.'],
  ['flowLimitCount', 'node_softnet_flow_limit_count_total', 'counter', 'Times that the flow limit was reached.'],
  ['backlogLength', 'node_softnet_backlog_len', 'gauge', 'Packets that wait in the backlog.'],
] as const;

/** Packet processing by CPU (net/core/net-procfs.c, softnet_seq_show). */
export const softnet = defineCollector({
  name: 'softnet',
  help: 'packet processing statistics by CPU',
  start: () => {
    const labels: string[] = [];
    return (host, sink) => {
      for (const row of parseSoftnet(host.proc.read('net/softnet_stat'))) {
        const label = (labels[row.cpu] ??= labelText({ cpu: String(row.cpu) }));
        for (const [field, name, type, help] of FAMILIES) sink.family(name, help, type).add(row[field], label);
      }
    };
  },
});

/** One CPU's counts; what an older kernel does not count is 0. */
export interface SoftnetRow {
  readonly cpu: number;
  readonly processed: number;
  readonly dropped: number;
  readonly timesSqueezed: number;
  readonly cpuCollision: number;
  readonly receivedRps: number;
  readonly flowLimitCount: number;
  readonly backlogLength: number;
}

/** Hexadecimal columns, one line a CPU; since Linux 5.10 the thirteenth names it, before that it is the line's number. */
export function parseSoftnet(text: string): SoftnetRow[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const columns = line.trim().split(/\s+/);
      if (columns.length < 9 || !columns.every((column) => /^[0-9a-f]+$/i.test(column)))
        throw new Error(`softnet_stat: got ${JSON.stringify(line)}, want at least 9 hexadecimal columns`);
      const at = (column: number) => parseInt(columns[column] ?? '0', 16);
      return {
        cpu: columns.length > 12 ? at(12) : index,
        processed: at(0),
        dropped: at(1),
        timesSqueezed: at(2),
        cpuCollision: at(8),
        receivedRps: at(9),
        flowLimitCount: at(10),
        backlogLength: at(11),
      };
    });
}
