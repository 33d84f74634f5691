import type { MetricType } from '@presage/service/exposition.ts';
import type { NfsTransport } from './nfs-mountstats.ts';

type NameAndHelp = readonly [name: string, help: string];

/** In the order of the line `bytes` (enum nfs_stat_bytecounters of linux/nfs_iostat.h). */
export const BYTES: readonly NameAndHelp[] = [
  ['read_bytes_total', 'Number of bytes read using the read() syscall.'],
  ['write_bytes_total', 'Number of bytes written using the write() syscall.'],
  ['direct_read_bytes_total', 'Number of bytes read using the read() syscall in O_DIRECT mode.'],
  ['direct_write_bytes_total', 'Number of bytes written using the write() syscall in O_DIRECT mode.'],
  ['total_read_bytes_total', 'Number of bytes read from the NFS server, in total.'],
  ['total_write_bytes_total', 'Number of bytes written to the NFS server, in total.'],
  ['read_pages_total', "Number of pages read directly via mmap()'d files."],
  ['write_pages_total', "Number of pages written directly via mmap()'d files."],
];

/** In the order of the line `events` (enum nfs_stat_eventcounters); the congestion wait is not shown. */
export const EVENTS: readonly (NameAndHelp | undefined)[] = [
  ['inode_revalidate', 'Number of times cached inode attributes are re-validated from the server.'],
  ['dnode_revalidate', 'Number of times cached dentry nodes are re-validated from the server.'],
  ['data_invalidate', 'Number of times an inode cache is cleared.'],
  ['attribute_invalidate', 'Number of times cached inode attributes are invalidated.'],
  ['vfs_open', 'Number of times cached inode attributes are invalidated.'],
  ['vfs_lookup', 'Number of times a directory lookup has occurred.'],
  ['vfs_access', 'Number of times permissions have been checked.'],
  ['vfs_update_page', 'Number of updates (and potential writes) to pages.'],
  ['vfs_read_page', "Number of pages read directly via mmap()'d files."],
  ['vfs_read_pages', 'Number of times a group of pages have been read.'],
  ['vfs_write_page', "Number of pages written directly via mmap()'d files."],
  ['vfs_write_pages', 'Number of times a group of pages have been written.'],
  ['vfs_getdents', 'Number of times directory entries have been read with getdents().'],
  ['vfs_setattr', 'Number of times directory entries have been read with getdents().'],
  ['vfs_flush', 'Number of pending writes that have been forcefully flushed to the server.'],
  ['vfs_fsync', 'Number of times fsync() has been called on directories and files.'],
  ['vfs_lock', 'Number of times locking has been attempted on a file.'],
  ['vfs_file_release', 'Number of times files have been closed and released.'],
  undefined,
  ['truncation', 'Number of times files have been truncated.'],
  ['write_extension', 'Number of times a file has been grown due to writes beyond its existing end.'],
  ['silly_rename', 'Number of times a file was removed while still open by another process.'],
  ['short_read', 'Number of times the NFS server gave less data than expected while reading.'],
  ['short_write', 'Number of times the NFS server wrote less data than expected while writing.'],
  ['jukebox_delay', 'Number of times the NFS server indicated EJUKEBOX; retrieving data from offline storage.'],
  ['pnfs_read', 'Number of NFS v4.1+ pNFS reads.'],
  ['pnfs_write', 'Number of NFS v4.1+ pNFS writes.'],
];

/** In the order of NfsOperation.counts; errors since Linux 5.3. */
export const OPERATIONS: readonly NameAndHelp[] = [
  ['requests_total', 'Number of requests performed for a given operation.'],
  ['transmissions_total', 'Number of times an actual RPC request has been transmitted for a given operation.'],
  ['major_timeouts_total', 'Number of times a request has had a major timeout for a given operation.'],
  ['sent_bytes_total', 'Number of bytes sent for a given operation, including RPC headers and payload.'],
  ['received_bytes_total', 'Number of bytes received for a given operation, including RPC headers and payload.'],
  [
    'queue_time_seconds_total',
    'Duration all requests spent queued for transmission for a given operation before they were sent, in seconds.',
  ],
  [
    'response_time_seconds_total',
    'Duration all requests took to get a reply back after a request for a given operation was transmitted, in seconds.',
  ],
  [
    'request_time_seconds_total',
    'Duration all requests took from when a request was enqueued to when it was completely handled for a given operation, in seconds.',
  ],
  ['errors_total', 'Number of errors for a given operation'],
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
  transport(
    'bind_total',
    'counter',
    'bind',
    'Number of times the client has had to establish a connection from scratch to the NFS server.',
  ),
  transport('connect_total', 'counter', 'connect', 'Number of times the client has made a TCP connection to the NFS server.'),
  transport('idle_time_seconds', 'gauge', 'idle', 'Duration since the NFS mount last saw any RPC traffic, in seconds.'),
  transport('sends_total', 'counter', 'sends', 'Number of RPC requests for this mount sent to the NFS server.'),
  transport('receives_total', 'counter', 'receives', 'Number of RPC responses for this mount received from the NFS server.'),
  transport(
    'bad_transaction_ids_total',
    'counter',
    'badTransactionIds',
    'Number of times the NFS server sent a response with a transaction ID unknown to this client.',
  ),
  transport('backlog_queue_total', 'counter', 'backlog', 'Total number of items added to the RPC backlog queue.'),
  transport('maximum_rpc_slots', 'gauge', 'slots', 'Maximum number of simultaneously active RPC requests ever used.'),
  transport('sending_queue_total', 'counter', 'sending', 'Total number of items added to the RPC transmission sending queue.'),
  transport('pending_queue_total', 'counter', 'pending', 'Total number of items added to the RPC transmission pending queue.'),
];
