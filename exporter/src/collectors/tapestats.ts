import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { defineCollector, NoData } from './collector.ts';
import { deviceFilter } from './device-filter.ts';

const IGNORED = 'collector.tapestats.ignored-devices';
const NANOSECONDS = 1e-9;

const FAMILIES = [
  { file: 'in_flight', name: 'node_tape_io_now', type: 'gauge', scale: 1, help: 'Operations in progress.' },
  { file: 'io_ns', name: 'node_tape_io_time_seconds_total', type: 'counter', scale: NANOSECONDS, help: 'Seconds spent on all operations.' },
  { file: 'other_cnt', name: 'node_tape_io_others_total', type: 'counter', scale: 1, help: 'Operations other than reads and writes.' },
  { file: 'read_byte_cnt', name: 'node_tape_read_bytes_total', type: 'counter', scale: 1, help: 'Bytes read.' },
  { file: 'read_cnt', name: 'node_tape_reads_completed_total', type: 'counter', scale: 1, help: 'Reads completed.' },
  { file: 'read_ns', name: 'node_tape_read_time_seconds_total', type: 'counter', scale: NANOSECONDS, help: 'Seconds spent on reads.' },
  { file: 'resid_cnt', name: 'node_tape_residual_total', type: 'counter', scale: 1, help: 'Operations that moved less than asked.' },
  { file: 'write_byte_cnt', name: 'node_tape_written_bytes_total', type: 'counter', scale: 1, help: 'Bytes written.' },
  { file: 'write_cnt', name: 'node_tape_writes_completed_total', type: 'counter', scale: 1, help: 'Writes completed.' },
  { file: 'write_ns', name: 'node_tape_write_time_seconds_total', type: 'counter', scale: NANOSECONDS, help: 'Seconds spent on writes.' },
] as const;

/** Input and output of SCSI tape drives (kernel docs, scsi/st.rst, statistics). */
export const tapestats = defineCollector({
  name: 'tapestats',
  help: 'tape drive statistics',
  flags: { [IGNORED]: stringFlag({ help: 'Regexp of the tape drives to leave out.', default: '^$' }) },
  start: (values) => {
    const shown = deviceFilter({ include: ['', ''], exclude: [IGNORED, values[IGNORED]] });
    return (host, sink) => {
      // A drive has several names (nst0, st0a); the one made of st and a number stands for it.
      const drives = host.sys.list('class/scsi_tape').filter((device) => /^st\d+$/.test(device));
      if (drives.length === 0 && !host.sys.exists('class/scsi_tape')) throw new NoData('class/scsi_tape: not found');
      for (const device of drives) {
        if (!shown(device)) continue;
        const labels = labelText({ device });
        for (const { file, name, type, scale, help } of FAMILIES) {
          const value = host.sys.tryNumber(`class/scsi_tape/${device}/stats/${file}`);
          if (value !== undefined) sink.family(name, help, type).add(value * scale, labels);
        }
      }
    };
  },
});
