import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { diskFilter, diskFlags } from './diskstats-flags.ts';

const EXCLUDED = '^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$';

/** Input and output of block devices (kernel docs, admin-guide/iostats.rst), described from udev's database. */
export const diskstats = defineCollector({
  name: 'diskstats',
  help: 'disk I/O statistics',
  flags: diskFlags(EXCLUDED),
  start: (values) => {
    const shown = diskFilter(values, EXCLUDED);
    return (host, sink) => {
      for (const disk of parseDiskstats(host.proc.read('diskstats'))) if (shown(disk.device)) writeDisk(host, sink, disk);
    };
  },
});

const SECTOR_BYTES = 512;
const MILLISECONDS = 1e-3;

/** The columns after the name; a kernel before 4.18 ends at the eleventh, before 5.5 at the fifteenth. */
const COLUMNS = [
  { name: 'reads_completed_total', type: 'counter', scale: 1, help: 'Reads that the disk has finished.' },
  { name: 'reads_merged_total', type: 'counter', scale: 1, help: 'Reads joined with a neighbour before they reached the disk.' },
  { name: 'read_bytes_total', type: 'counter', scale: SECTOR_BYTES, help: 'Bytes read from the disk.' },
  { name: 'read_time_seconds_total', type: 'counter', scale: MILLISECONDS, help: 'Time that all reads together took, in seconds.' },
  { name: 'writes_completed_total', type: 'counter', scale: 1, help: 'Writes that the disk has finished.' },
  { name: 'writes_merged_total', type: 'counter', scale: 1, help: 'Writes joined with a neighbour before they reached the disk.' },
  { name: 'written_bytes_total', type: 'counter', scale: SECTOR_BYTES, help: 'Bytes written to the disk.' },
  { name: 'write_time_seconds_total', type: 'counter', scale: MILLISECONDS, help: 'Time that all writes together took, in seconds.' },
  { name: 'io_now', type: 'gauge', scale: 1, help: 'Requests that the disk works on now.' },
  { name: 'io_time_seconds_total', type: 'counter', scale: MILLISECONDS, help: 'Time during which the disk had work, in seconds.' },
  {
    name: 'io_time_weighted_seconds_total',
    type: 'counter',
    scale: MILLISECONDS,
    help: 'Time with work times the requests under way, in seconds.',
  },
  { name: 'discards_completed_total', type: 'counter', scale: 1, help: 'Discards that the disk has finished.' },
  { name: 'discards_merged_total', type: 'counter', scale: 1, help: 'Discards joined with a neighbour.' },
  { name: 'discarded_sectors_total', type: 'counter', scale: 1, help: 'Sectors discarded.' },
  {
    name: 'discard_time_seconds_total',
    type: 'counter',
    scale: MILLISECONDS,
    help: 'Time that all discards together took, in seconds.',
  },
  { name: 'flush_requests_total', type: 'counter', scale: 1, help: 'Flushes that the disk has finished.' },
  {
    name: 'flush_requests_time_seconds_total',
    type: 'counter',
    scale: MILLISECONDS,
    help: 'Time that all flushes together took, in seconds.',
  },
] as const;

/** One line: `counts` in the order of the columns, as many as this kernel writes. */
export interface Disk {
  readonly major: string;
  readonly minor: string;
  readonly device: string;
  readonly counts: readonly number[];
}

/** The devices of /proc/diskstats. Throws where a line has too few fields or no numbers. */
export function parseDiskstats(text: string): Disk[] {
  const disks: Disk[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [major = '', minor = '', device = '', ...rest] = line.trim().split(/ +/);
    const counts = rest.slice(0, COLUMNS.length).map(Number);
    if (counts.length < 4 || counts.some(Number.isNaN))
      throw new Error(`diskstats: got ${JSON.stringify(line)}, want numbers after the name`);
    disks.push({ major, minor, device, counts });
  }
  return disks;
}

/** The properties (`E:NAME=value`) of a device in udev's database. */
export function parseUdev(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (line.startsWith('E:') && equals > 0) properties.set(line.slice(2, equals), line.slice(equals + 1));
  }
  return properties;
}

function writeDisk(host: Host, sink: Sink, disk: Disk): void {
  const { device, major, minor } = disk;
  const udev = parseUdev(host.udev.tryRead(`b${major}:${minor}`) ?? '');
  const labels = labelText({ device });
  disk.counts.forEach((count, index) => {
    const { name, help, type, scale } = COLUMNS[index];
    sink.family(`node_disk_${name}`, help, type).add(scale === MILLISECONDS ? count / 1000 : count * scale, labels);
  });
  const of = (name: string) => udev.get(name) ?? '';
  const info = {
    device,
    major,
    minor,
    path: of('ID_PATH'),
    wwn: of('ID_WWN'),
    model: of('ID_MODEL'),
    serial: of('SCSI_IDENT_SERIAL') || of('ID_SERIAL_SHORT') || of('ID_SERIAL'),
    revision: of('ID_REVISION'),
    rotational: String(host.sys.tryNumber(`block/${device}/queue/rotational`) ?? 0),
  };
  sink.gauge('node_disk_info', 'What sysfs and udev say of the disk; always 1.').add(1, labelText(info));
  writeUdev(sink, device, labels, of);
}

function writeUdev(sink: Sink, device: string, labels: string, of: (name: string) => string): void {
  if (of('ID_FS_TYPE') !== '') {
    const info = { device, type: of('ID_FS_TYPE'), usage: of('ID_FS_USAGE'), uuid: of('ID_FS_UUID'), version: of('ID_FS_VERSION') };
    sink.gauge('node_disk_filesystem_info', 'The file system on the disk as udev knows it; always 1.').add(1, labelText(info));
  }
  if (of('DM_NAME') !== '') {
    const names = { name: of('DM_NAME'), uuid: of('DM_UUID') };
    const volume = { vg_name: of('DM_VG_NAME'), lv_name: of('DM_LV_NAME'), lv_layer: of('DM_LV_LAYER') };
    sink
      .gauge('node_disk_device_mapper_info', 'The device-mapper volume behind the disk; always 1.')
      .add(1, labelText({ device, ...names, ...volume }));
  }
  if (of('ID_ATA') === '') return;
  for (const { property, name, help } of ATA) {
    const value = of(property);
    if (value !== '' && !Number.isNaN(Number(value))) sink.gauge(name, help).add(Number(value), labels);
  }
}

const ATA = [
  { property: 'ID_ATA_WRITE_CACHE', name: 'node_disk_ata_write_cache', help: '1 where the ATA disk has a write cache.' },
  {
    property: 'ID_ATA_WRITE_CACHE_ENABLED',
    name: 'node_disk_ata_write_cache_enabled',
    help: '1 where the write cache of the ATA disk is switched on.',
  },
  {
    property: 'ID_ATA_ROTATION_RATE_RPM',
    name: 'node_disk_ata_rotation_rate_rpm',
    help: 'Rotations a minute of the ATA disk; 0 for one that does not turn.',
  },
] as const;
