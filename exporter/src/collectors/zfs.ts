import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { namedReader, parsePoolIo, type NamedReader } from './zfs-kstat.ts';

const FOLDER = 'spl/kstat/zfs';

/** Files of the module by the prefix of their metrics; the first that is there counts. */
const FILES = [
  ['abd', ['abdstats']],
  ['arc', ['arcstats']],
  ['dbuf', ['dbufstats', 'dbuf_stats']],
  ['dmu_tx', ['dmu_tx']],
  ['dnode', ['dnodestats']],
  ['fm', ['fm']],
  ['vdev_cache', ['vdev_cache_stats']],
  ['vdev_mirror', ['vdev_mirror_stats']],
  ['xuio', ['xuio_stats']],
  ['zfetch', ['zfetchstats']],
  ['zil', ['zil']],
] as const;

const STATES = ['online', 'degraded', 'faulted', 'offline', 'removed', 'unavail', 'suspended'] as const;

/** Types of kstat values that are counts of 64 bits; data sets show the unsigned alone. */
const COUNTS = new Set(['3', '4']);
const UNSIGNED = new Set(['4']);

/** ZFS: the module's counters, its pools and their data sets. */
export const zfs = defineCollector({
  name: 'zfs',
  help: 'ZFS statistics',
  start: () => {
    const readers = new Map(FILES.map(([prefix]) => [prefix, namedReader(`node_zfs_${prefix}`, COUNTS)]));
    const readDataset = namedReader('node_zfs_zpool_dataset', UNSIGNED);
    return (host, sink) => {
      const names = host.proc.list(FOLDER);
      if (names.length === 0) throw new NoData(`${FOLDER}: no ZFS`);
      const present = new Set(names);
      for (const [prefix, files] of FILES) {
        const file = files.find((each) => present.has(each));
        const read = readers.get(prefix);
        if (file === undefined || read === undefined) continue;
        present.delete(file);
        read(host.proc.read(`${FOLDER}/${file}`), ({ name, help }, value) => sink.untyped(name, help).add(value));
      }
      for (const pool of names) if (present.has(pool)) writePool(host, sink, pool, readDataset);
    };
  },
});

/** What is no pool has neither of these files, and folders and files look alike in a list. */
function writePool(host: Host, sink: Sink, pool: string, readDataset: NamedReader): void {
  const files = host.proc.list(`${FOLDER}/${pool}`);
  if (files.length === 0) return;
  const labels = labelText({ zpool: pool });
  for (const file of files) {
    if (file === 'io') {
      for (const { field, value } of parsePoolIo(host.proc.read(`${FOLDER}/${pool}/io`)))
        sink.untyped(`node_zfs_zpool_${field}`, `ZFS pool statistic ${field}.`).add(value, labels);
    } else if (file === 'state') {
      writeState(sink, pool, host.proc.read(`${FOLDER}/${pool}/state`));
    } else if (file.startsWith('objset-')) {
      writeDataset(host, sink, `${FOLDER}/${pool}/${file}`, pool, readDataset);
    }
  }
}

function writeState(sink: Sink, zpool: string, text: string): void {
  const actual = text.trim().toLowerCase();
  const family = sink.gauge('node_zfs_zpool_state', 'State of the ZFS pool: 1 for the state it is in.');
  for (const state of STATES) family.add(state === actual ? 1 : 0, labelText({ zpool, state }));
}

/** A data set may go while its pool is read: then it is left out. */
function writeDataset(host: Host, sink: Sink, path: string, zpool: string, read: NamedReader): void {
  const text = host.proc.tryRead(path);
  if (text === undefined) return;
  const dataset = /^dataset_name\s+7\s+(\S.*)$/m.exec(text)?.[1] ?? '';
  const labels = labelText({ zpool, dataset });
  read(text, ({ name, help }, value) => sink.untyped(name, help).add(value, labels));
}
