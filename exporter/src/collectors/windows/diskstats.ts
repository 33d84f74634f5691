import { labelText } from '@presage/service/exposition.ts';
import { countIn, rowsOf, textIn, textOf } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';
import { diskFilter, diskFlags } from '../diskstats-flags.ts';

const EXCLUDED = '';
/** Counted over all disks: a sum of what is shown already. */
const TOTAL = '_Total';

/** Input and output of physical disks, from the raw performance counters; a disk is named by its number and drives, as `0 C: D:`. */
export const diskstats = defineCollector({
  name: 'diskstats',
  help: 'disk I/O statistics',
  flags: diskFlags(EXCLUDED),
  sources: ['physicalDisk'],
  start: (values) => {
    const shown = diskFilter(values, EXCLUDED);
    return (host, sink) => {
      for (const row of parseCounters(textOf('physicalDisk', host.samples.latest('physicalDisk')))) {
        const device = textIn(row, 'Name');
        if (device === '' || device === TOTAL || !shown(device)) continue;
        for (const { property, name, type, unit, help } of FAMILIES) {
          const value = countIn(row, property);
          if (value !== undefined) sink.family(`node_disk_${name}`, help, type).add(value / unit, labelText({ device }));
        }
      }
    };
  },
});

/** The raw times count 100 ns. */
const TICKS = 1e7;

/** By the properties of Win32_PerfRawData_PerfDisk_PhysicalDisk, whose raw values are counts since the start despite their names. */
const FAMILIES = [
  { property: 'DiskReadsPersec', name: 'reads_completed_total', type: 'counter', unit: 1, help: 'Reads that the disk has finished.' },
  { property: 'DiskReadBytesPersec', name: 'read_bytes_total', type: 'counter', unit: 1, help: 'Bytes read from the disk.' },
  {
    property: 'PercentDiskReadTime',
    name: 'read_time_seconds_total',
    type: 'counter',
    unit: TICKS,
    help: 'Time that all reads together took, in seconds.',
  },
  { property: 'DiskWritesPersec', name: 'writes_completed_total', type: 'counter', unit: 1, help: 'Writes that the disk has finished.' },
  { property: 'DiskWriteBytesPersec', name: 'written_bytes_total', type: 'counter', unit: 1, help: 'Bytes written to the disk.' },
  {
    property: 'PercentDiskWriteTime',
    name: 'write_time_seconds_total',
    type: 'counter',
    unit: TICKS,
    help: 'Time that all writes together took, in seconds.',
  },
  {
    property: 'CurrentDiskQueueLength',
    name: 'io_now',
    type: 'gauge',
    unit: 1,
    help: 'Requests that the disk works on or that wait for it now.',
  },
] as const;

/** The rows of what ConvertTo-Json wrote: a list, or one object for one row. Throws Error for what is neither. */
export function parseCounters(text: string): ReturnType<typeof rowsOf> {
  const parsed: unknown = JSON.parse(text);
  return rowsOf('physicalDisk', Array.isArray(parsed) ? parsed : [parsed]);
}
