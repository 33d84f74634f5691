import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';
import { parseRpcLines, PROCEDURES_2, PROCEDURES_3, SERVER_OPERATIONS_4 } from './nfs-procedures.ts';

const REQUESTS = [
  ['proc2', '2', PROCEDURES_2],
  ['proc3', '3', PROCEDURES_3],
  ['proc4ops', '4', SERVER_OPERATIONS_4],
] as const;
const METHODS = REQUESTS.map(([line, proto, methods]) => ({
  line,
  // As in node_exporter, the procedure that does nothing is not shown.
  labels: methods.map((method) => (method === '' || method === 'Null' ? '' : labelText({ method, proto }))),
}));
const UDP = labelText({ proto: 'udp' });
const TCP = labelText({ proto: 'tcp' });
const WRITE_DELEGATION = labelText({ method: 'WdelegGetattr', proto: '4' });

/** Counters of one number: line, place in it, name, help. */
const SINGLES = [
  ['rc', 0, 'reply_cache_hits_total', 'Replies served from the cache.'],
  ['rc', 1, 'reply_cache_misses_total', 'Replies that the cache did not hold.'],
  ['rc', 2, 'reply_cache_nocache_total', 'Replies that are never cached.'],
  ['fh', 0, 'file_handles_stale_total', 'Requests with a file handle that is stale.'],
  ['io', 0, 'disk_bytes_read_total', 'Bytes read for clients.'],
  ['io', 1, 'disk_bytes_written_total', 'Bytes written for clients.'],
  ['ra', 11, 'read_ahead_cache_not_found_total', 'Reads that the read-ahead cache did not hold.'],
  ['net', 3, 'connections_total', 'TCP connections accepted.'],
  ['rpc', 0, 'server_rpcs_total', 'Calls received.'],
] as const;

/** The calls that were refused, by why: their places in the line `rpc`. */
const ERRORS = [
  [2, labelText({ error: 'fmt' })],
  [3, labelText({ error: 'auth' })],
  [4, labelText({ error: 'cInt' })],
] as const;

/** This host's NFS server (/proc/net/rpc/nfsd, fs/nfsd/stats.c). */
export const nfsd = defineCollector({
  name: 'nfsd',
  help: 'NFS server statistics',
  start: () => (host, sink) => {
    const lines = parseRpcLines(host.proc.read('net/rpc/nfsd'));
    const at = (line: string, index: number) => lines.get(line)?.[index] ?? 0;
    for (const [line, index, name, help] of SINGLES) sink.counter(`node_nfsd_${name}`, help).add(at(line, index));
    sink.gauge('node_nfsd_server_threads', 'Threads of the NFS server.').add(at('th', 0));
    sink.gauge('node_nfsd_read_ahead_cache_size_blocks', 'Size of the read-ahead cache in blocks.').add(at('ra', 0));
    const packets = sink.counter('node_nfsd_packets_total', 'Network packets of the NFS server.');
    packets.add(at('net', 1), UDP);
    packets.add(at('net', 2), TCP);
    const errors = sink.counter('node_nfsd_rpc_errors_total', 'Calls refused, by why.');
    for (const [index, labels] of ERRORS) errors.add(at('rpc', index), labels);
    const requests = sink.counter('node_nfsd_requests_total', 'Calls by NFS version and procedure.');
    for (const { line, labels } of METHODS) {
      if (!lines.has(line)) continue;
      for (const [index, label] of labels.entries()) if (label !== '') requests.add(at(line, index + 1), label);
    }
    if (lines.has('wdeleg_getattr')) requests.add(at('wdeleg_getattr', 0), WRITE_DELEGATION);
  },
});
