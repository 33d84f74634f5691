import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { humanBytes, parseCounter, parseIoDone, parseIoErrors, parseRows } from './bcachefs-tables.ts';
import { defineCollector, NoData } from './collector.ts';

const ROOT = 'fs/bcachefs';

/** Mounted bcachefs file systems from sysfs (bcachefs.org, Principles of Operation, chapter "sysfs interface"). */
export const bcachefs = defineCollector({
  name: 'bcachefs',
  help: 'bcachefs statistics',
  start: () => (host, sink) => {
    const uuids = host.sys.list(ROOT);
    if (uuids.length === 0) throw new NoData(`bcachefs: nothing in ${ROOT}`);
    for (const uuid of uuids) writeFileSystem(host.sys, sink, uuid);
  },
});

function writeFileSystem(sys: Tree, sink: Sink, uuid: string): void {
  const path = `${ROOT}/${uuid}`;
  const labels = labelText({ uuid });
  sink.gauge('node_bcachefs_info', 'What the file system is; always 1.').add(1, labels);
  const cache = sys.tryRead(`${path}/btree_cache_size`);
  sink
    .gauge('node_bcachefs_btree_cache_size_bytes', 'Memory that the cached part of the B-trees takes, in bytes.')
    .add(cache === undefined ? 0 : humanBytes(cache), labels);
  writeTables(sys, sink, path, uuid);
  for (const name of sys.list(`${path}/counters`)) {
    const family = sink.counter(
      `node_bcachefs_${name.replaceAll(/\W/g, '_')}_total`,
      `Bcachefs counter ${name} since filesystem creation.`,
    );
    family.add(parseCounter(sys.read(`${path}/counters/${name}`)), labels);
  }
  for (const folder of sys.list(path)) if (folder.startsWith('dev-')) writeDevice(sys, sink, `${path}/${folder}`, uuid);
}

function writeTables(sys: Tree, sink: Sink, path: string, uuid: string): void {
  for (const { name, columns } of parseRows(sys.tryRead(`${path}/compression_stats`) ?? '', true, 2)) {
    const labels = labelText({ uuid, algorithm: name });
    sink
      .gauge('node_bcachefs_compression_compressed_bytes', 'Bytes on disk of what the algorithm compressed.')
      .add(humanBytes(columns[0]), labels);
    sink
      .gauge('node_bcachefs_compression_uncompressed_bytes', 'Bytes before compression of what the algorithm compressed.')
      .add(humanBytes(columns[1]), labels);
  }
  for (const { name, columns } of parseRows(sys.tryRead(`${path}/errors`) ?? '', false, 1))
    sink.counter('node_bcachefs_errors_total', 'Errors of the type.').add(count(columns[0]), labelText({ uuid, error_type: name }));
  for (const { name, columns } of parseRows(sys.tryRead(`${path}/btree_write_stats`) ?? '', true, 2)) {
    const labels = labelText({ uuid, type: name });
    sink.counter('node_bcachefs_btree_writes_total', 'Writes of B-tree nodes, by what made them.').add(count(columns[0]), labels);
    sink
      .gauge('node_bcachefs_btree_write_average_size_bytes', 'Mean size of a write of B-tree nodes, in bytes.')
      .add(humanBytes(columns[1]), labels);
  }
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`bcachefs: got ${JSON.stringify(text.slice(0, 40))}, want a count`);
  return Number(text);
}

function writeDevice(sys: Tree, sink: Sink, path: string, uuid: string): void {
  const text = (file: string) => sys.tryRead(`${path}/${file}`)?.trim() ?? '';
  const device = path.slice(path.lastIndexOf('/') + 'dev-'.length + 1);
  const labels = labelText({ uuid, device });
  const bucket = text('bucket_size');
  sink
    .gauge('node_bcachefs_device_info', 'What the device is; always 1.')
    .add(1, labelText({ uuid, device, label: text('label'), state: text('state') }));
  sink
    .gauge('node_bcachefs_device_bucket_size_bytes', 'Size of a bucket of the device, in bytes.')
    .add(bucket === '' ? 0 : humanBytes(bucket), labels);
  sink.gauge('node_bcachefs_device_buckets', 'Buckets that the device has.').add(sys.tryNumber(`${path}/nbuckets`) ?? 0, labels);
  sink
    .gauge('node_bcachefs_device_durability', 'Copies that one on this device counts for.')
    .add(sys.tryNumber(`${path}/durability`) ?? 0, labels);
  const done = sink.counter('node_bcachefs_device_io_done_bytes_total', 'Bytes read and written, by the kind of data.');
  for (const { operation, dataType, bytes } of parseIoDone(text('io_done')))
    done.add(bytes, labelText({ uuid, device, operation, data_type: dataType }));
  const errors = sink.counter('node_bcachefs_device_io_errors_total', 'Errors of the device since the file system was made, by kind.');
  for (const [type, number] of parseIoErrors(text('io_errors'))) errors.add(number, labelText({ uuid, device, type }));
}
