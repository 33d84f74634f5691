import type { MetricType } from '@presage/service/exposition.ts';
import type { NfsTransport } from './nfs-mountstats.ts';

type NameAndHelp = readonly [name: string, help: string];

/** In the order of the line `bytes` (enum nfs_stat_bytecounters of linux/nfs_iostat.h). */
export const BYTES: readonly NameAndHelp[] = [
  ['read_bytes_total', 'Bytes that programs read through the page cache.'],
  ['write_bytes_total', 'Bytes that programs wrote through the page cache.'],
  ['direct_read_bytes_total', 'Bytes that programs read past the page cache (O_DIRECT).'],
  ['direct_write_bytes_total', 'Bytes that programs wrote past the page cache (O_DIRECT).'],
  ['total_read_bytes_total', 'Bytes read from the server, however they were asked for.'],
  ['total_write_bytes_total', 'Bytes written to the server, however they came.'],
  ['read_pages_total', 'Pages that mappings of files read.'],
  ['write_pages_total', 'Pages that mappings of files wrote.'],
];

/** In the order of the line `events` (enum nfs_stat_eventcounters); the congestion wait is not shown. */
export const EVENTS: readonly (NameAndHelp | undefined)[] = [
  ['inode_revalidate', 'Checks with the server whether the attributes kept of a file still hold.'],
  ['dnode_revalidate', 'Checks with the server whether a name kept of a folder still holds.'],
  ['data_invalidate', 'Times that the data kept of a file was dropped.'],
  ['attribute_invalidate', 'Times that the attributes kept of a file were dropped.'],
  ['vfs_open', 'Files and folders opened.'],
  ['vfs_lookup', 'Names looked up in folders.'],
  ['vfs_access', 'Checks of permissions.'],
  ['vfs_update_page', 'Pages changed, and perhaps written.'],
  ['vfs_read_page', 'Pages read one by one.'],
  ['vfs_read_pages', 'Times that several pages were read at once.'],
  ['vfs_write_page', 'Pages written one by one.'],
  ['vfs_write_pages', 'Times that several pages were written at once.'],
  ['vfs_getdents', 'Times that a folder was listed.'],
  ['vfs_setattr', 'Times that attributes were set.'],
  ['vfs_flush', 'Times that what waited to be written had to be written at once, as at a close.'],
  ['vfs_fsync', 'Calls of fsync on files and folders.'],
  ['vfs_lock', 'Attempts to lock a part of a file.'],
  ['vfs_file_release', 'Files closed for good.'],
  undefined,
  ['truncation', 'Times that a file was made shorter.'],
  ['write_extension', 'Times that a write made a file longer.'],
  ['silly_rename', 'Files removed while they were open, and so renamed first.'],
  ['short_read', 'Reads for which the server gave less than was asked for.'],
  ['short_write', 'Writes of which the server took less than was sent.'],
  ['jukebox_delay', 'Times that the server said to come again later (EJUKEBOX), as for data in slow storage.'],
  ['pnfs_read', 'Reads over pNFS.'],
  ['pnfs_write', 'Writes over pNFS.'],
];

/** In the order of NfsOperation.counts; errors since Linux 5.3. */
export const OPERATIONS: readonly NameAndHelp[] = [
  ['requests_total', 'Requests of the operation.'],
  ['transmissions_total', 'Times that a request of the operation was sent, repetitions among them.'],
  ['major_timeouts_total', 'Requests of the operation given up after all repetitions.'],
  ['sent_bytes_total', 'Bytes sent for the operation, with all headers.'],
  ['received_bytes_total', 'Bytes that came in for the operation, with all headers.'],
  ['queue_time_seconds_total', 'Time that requests of the operation waited to be sent, in seconds.'],
  ['response_time_seconds_total', 'Time from sending to answer for the operation, in seconds.'],
  ['request_time_seconds_total', 'Time that requests of the operation took from beginning to end, in seconds.'],
  ['errors_total', 'Requests of the operation that ended with an error.'],
];

/** A family of a connection and the field of NfsTransport that it shows. */
export interface TransportFamily {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly field: keyof NfsTransport;
}

const transport = (name: string, type: MetricType, field: keyof NfsTransport, help: string): TransportFamily => ({
  name,
  type,
  field,
  help,
});

export const TRANSPORTS: readonly TransportFamily[] = [
  transport('bind_total', 'counter', 'bind', 'Times that a connection was set up from nothing.'),
  transport('connect_total', 'counter', 'connect', 'TCP connections made to the server.'),
  transport('idle_time_seconds', 'gauge', 'idle', 'Time since anything was sent or came in, in seconds.'),
  transport('sends_total', 'counter', 'sends', 'Requests sent to the server.'),
  transport('receives_total', 'counter', 'receives', 'Answers that came from the server.'),
  transport('bad_transaction_ids_total', 'counter', 'badTransactionIds', 'Answers to requests that nobody had sent.'),
  transport('backlog_queue_total', 'counter', 'backlog', 'Requests in the backlog, summed over all sendings.'),
  transport('maximum_rpc_slots', 'gauge', 'slots', 'Most requests that were under way at once.'),
  transport('sending_queue_total', 'counter', 'sending', 'Requests waiting to be sent, summed over all sendings.'),
  transport('pending_queue_total', 'counter', 'pending', 'Requests waiting for an answer, summed over all sendings.'),
];
