import { labelText } from '@presage/service/exposition.ts';
import { textOf } from '../../sampler/fields.ts';
import { defineCollector, NoData } from '../collector.ts';
import { diskFilter, diskFlags } from '../diskstats-flags.ts';

const EXCLUDED = '';

/** Input and output of whole disks, from the statistics of their drivers that ioreg(8) shows. */
export const diskstats = defineCollector({
  name: 'diskstats',
  help: 'disk I/O statistics',
  flags: diskFlags(EXCLUDED),
  sources: ['ioreg'],
  start: (values) => {
    const shown = diskFilter(values, EXCLUDED);
    return (host, sink) => {
      const disks = parseIoreg(textOf('ioreg', host.samples.latest('ioreg')));
      if (disks.length === 0) throw new NoData('ioreg: no disk');
      for (const { device, statistics } of disks) {
        if (!shown(device)) continue;
        const labels = labelText({ device });
        for (const { key, name, help, unit } of FAMILIES) {
          const value = statistics.get(key);
          if (value !== undefined) sink.counter(`node_disk_${name}_total`, help).add(value / unit, labels);
        }
      }
    };
  },
});

const NANOSECONDS = 1e9;

/** By the keys of IOKit's block storage driver (IOBlockStorageDriver.h). */
const FAMILIES = [
  { key: 'Operations (Read)', name: 'reads_completed', unit: 1, help: 'Reads that the disk has finished.' },
  { key: 'Bytes (Read)', name: 'read_bytes', unit: 1, help: 'Bytes read from the disk.' },
  { key: 'Total Time (Read)', name: 'read_time_seconds', unit: NANOSECONDS, help: 'Time that all reads together took, in seconds.' },
  { key: 'Errors (Read)', name: 'read_errors', unit: 1, help: 'Reads that failed.' },
  { key: 'Retries (Read)', name: 'read_retries', unit: 1, help: 'Reads that were tried again.' },
  { key: 'Operations (Write)', name: 'writes_completed', unit: 1, help: 'Writes that the disk has finished.' },
  { key: 'Bytes (Write)', name: 'written_bytes', unit: 1, help: 'Bytes written to the disk.' },
  { key: 'Total Time (Write)', name: 'write_time_seconds', unit: NANOSECONDS, help: 'Time that all writes together took, in seconds.' },
  { key: 'Errors (Write)', name: 'write_errors', unit: 1, help: 'Writes that failed.' },
  { key: 'Retries (Write)', name: 'write_retries', unit: 1, help: 'Writes that were tried again.' },
] as const;

/** A disk by its BSD name (`disk0`) with the statistics of its driver. */
export interface DiskStatistics {
  readonly device: string;
  readonly statistics: ReadonlyMap<string, number>;
}

/** The disks in what ioreg prints of the block storage drivers and of what is right below them; a driver without a disk is none. */
export function parseIoreg(text: string): DiskStatistics[] {
  return text.split(/^(?=\+-o )/m).flatMap((driver) => {
    const device = /"BSD Name" = "([^"]+)"/.exec(driver)?.[1];
    const statistics = /"Statistics" = \{([^}]*)\}/.exec(driver)?.[1];
    if (device === undefined || statistics === undefined) return [];
    return [{ device, statistics: new Map([...statistics.matchAll(/"([^"]+)"=(\d+)/g)].map(([, key, value]) => [key, Number(value)])) }];
  });
}
