import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag } from '@presage/service/flags.ts';
import type { Tree } from '../host/tree.ts';
import type { MetricType } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';
import { bcacheNumber } from './bcache-numbers.ts';
import { defineCollector } from './collector.ts';

const PRIORITY = 'collector.bcache.priorityStats';

/** Sets of the block cache bcache from sysfs (kernel docs, admin-guide/bcache.rst). */
export const bcache = defineCollector({
  name: 'bcache',
  help: 'bcache statistics',
  flags: { [PRIORITY]: booleanFlag({ help: 'Show the priority statistics, which the kernel works out at each read.' }) },
  start: (values) => (host, sink) => {
    for (const uuid of host.sys.list('fs/bcache')) {
      if (!uuid.includes('-')) continue;
      const path = `fs/bcache/${uuid}`;
      write(host.sys, sink, path, SET, labelText({ uuid }));
      for (const folder of host.sys.list(path)) {
        if (/^bdev\d/.test(folder)) writeBackingDevice(host.sys, sink, path, folder, uuid);
        if (/^cache\d/.test(folder)) writeCacheDevice(host.sys, sink, path, folder, uuid, values[PRIORITY]);
      }
    }
  },
});

interface FileFamily {
  readonly file: string;
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly divisor?: number;
}

const gauge = (file: string, name: string, help: string, divisor = 1): FileFamily => ({
  file,
  name: `node_bcache_${name}`,
  type: 'gauge',
  help,
  divisor,
});
const counter = (file: string, name: string, help: string): FileFamily => ({ file, name: `node_bcache_${name}`, type: 'counter', help });

const SET: readonly FileFamily[] = [
  gauge('average_key_size', 'average_key_size_sectors', 'Data that a key of the B-tree stands for on average, in sectors.'),
  gauge('btree_cache_size', 'btree_cache_size_bytes', 'Memory that the cached part of the B-tree takes, in bytes.'),
  gauge(
    'cache_available_percent',
    'cache_available_percent',
    'Share of the cache that holds nothing still to be written back, in percent.',
  ),
  gauge('congested', 'congested', 'How congested the cache is.'),
  gauge(
    'root_usage_percent',
    'root_usage_percent',
    'How full the root of the B-tree is, in percent; the tree grows deeper when it is full.',
  ),
  gauge('tree_depth', 'tree_depth', 'Levels of the B-tree.'),
  gauge('internal/active_journal_entries', 'active_journal_entries', 'Journal entries that the index does not hold yet.'),
  gauge('internal/btree_nodes', 'btree_nodes', 'Nodes of the B-tree.'),
  // The file says µs and node_exporter reads it as ns; its dashboards expect that.
  gauge(
    'internal/btree_read_average_duration_us',
    'btree_read_average_duration_seconds',
    'Mean time to read a node of the B-tree, in seconds.',
    1e9,
  ),
  counter(
    'internal/cache_read_races',
    'cache_read_races_total',
    'Reads whose bucket was given to other data before they ended, so that they had to be done again.',
  ),
];

/** In the set's own stats_total, as node_exporter shows them for each backing device. */
const TOTALS: readonly FileFamily[] = [
  counter('bypassed', 'bypassed_bytes_total', 'Bytes read and written past the cache.'),
  counter('cache_hits', 'cache_hits_total', 'Requests answered from the cache.'),
  counter('cache_misses', 'cache_misses_total', 'Requests that the cache could not answer.'),
  counter('cache_bypass_hits', 'cache_bypass_hits_total', 'Requests meant to go past the cache that found their data in it.'),
  counter('cache_bypass_misses', 'cache_bypass_misses_total', 'Requests meant to go past the cache that did not find their data in it.'),
  counter('cache_miss_collisions', 'cache_miss_collisions_total', 'Data read after a miss that a write had put into the cache meanwhile.'),
  counter('cache_readaheads', 'cache_readaheads_total', 'Times that data was read ahead.'),
];

const DIRTY_DATA = gauge('dirty_data', 'dirty_data_bytes', 'Bytes of the backing device in the cache that are still to be written back.');

/** Lines of writeback_rate_debug; the file of these names is the word before the colon. */
const WRITEBACK: readonly FileFamily[] = [
  gauge('target', 'dirty_target_bytes', 'Dirty data of the backing device that the controller aims at, in bytes.'),
  gauge('rate', 'writeback_rate', 'Rate at which dirty data is written back, in bytes a second.'),
  gauge('proportional', 'writeback_rate_proportional_term', 'What the proportional part of the controller adds to the writeback rate.'),
  gauge('integral', 'writeback_rate_integral_term', 'What the integral part of the controller adds to the writeback rate.'),
  gauge('change', 'writeback_change', 'Step by which the writeback rate was changed last, in bytes a second.'),
];

const CACHE_DEVICE: readonly FileFamily[] = [
  gauge('io_errors', 'io_errors', 'Input and output errors, old ones counting less by io_error_halflife.'),
  counter('metadata_written', 'metadata_written_bytes_total', 'Bytes written to the cache that are no data: B-tree, journal and the like.'),
  counter('written', 'written_bytes_total', 'Bytes of data written to the cache.'),
];

const PRIORITIES: readonly FileFamily[] = [
  gauge('Unused', 'priority_stats_unused_percent', 'Share of the cache that holds nothing, in percent.'),
  gauge('Metadata', 'priority_stats_metadata_percent', 'Share of the cache that metadata takes, in percent.'),
];

/** A file that this kernel lacks (readaheads are gone since 5.16) leaves its family out. */
function write(sys: Tree, sink: Sink, folder: string, families: readonly FileFamily[], labels: string): void {
  for (const family of families) {
    const text = sys.tryRead(`${folder}/${family.file}`);
    if (text !== undefined) add(sink, family, bcacheNumber(text), labels);
  }
}

function add(sink: Sink, { name, help, type, divisor = 1 }: FileFamily, value: number, labels: string): void {
  sink.family(name, help, type).add(value / divisor, labels);
}

function writeBackingDevice(sys: Tree, sink: Sink, set: string, folder: string, uuid: string): void {
  const labels = labelText({ uuid, backing_device: folder });
  const dirty = sys.tryRead(`${set}/${folder}/dirty_data`);
  if (dirty !== undefined) add(sink, DIRTY_DATA, bcacheNumber(dirty), labels);
  const debug = parseBcacheLines(sys.tryRead(`${set}/${folder}/writeback_rate_debug`) ?? '');
  for (const family of WRITEBACK) {
    const value = debug.get(family.file);
    if (value !== undefined) add(sink, family, value, labels);
  }
  write(sys, sink, `${set}/stats_total`, TOTALS, labels);
}

function writeCacheDevice(sys: Tree, sink: Sink, set: string, folder: string, uuid: string, withPriorities: boolean): void {
  const labels = labelText({ uuid, cache_device: folder });
  write(sys, sink, `${set}/${folder}`, CACHE_DEVICE, labels);
  if (!withPriorities) return;
  const priorities = parseBcacheLines(sys.tryRead(`${set}/${folder}/priority_stats`) ?? '');
  for (const family of PRIORITIES) {
    const value = priorities.get(family.file);
    if (value !== undefined) add(sink, family, value, labels);
  }
}

/** Lines `name: value` with the unit (`/sec`, `ms`, `%`) left off; lines of another form are passed over. */
export function parseBcacheLines(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([\w ]+):\s*(-?[\d.]+[kMGTPEZY]?)(?:\/sec|ms|%)?$/.exec(line);
    if (match !== null) values.set(match[1], bcacheNumber(match[2]));
  }
  return values;
}
