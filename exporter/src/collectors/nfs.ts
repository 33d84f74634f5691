import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';
import { CLIENT_PROCEDURES_4, parseRpcLines, PROCEDURES_2, PROCEDURES_3 } from './nfs-procedures.ts';

/** Label texts of the procedures, made once. */
const REQUESTS = [
  ['proc2', '2', PROCEDURES_2],
  ['proc3', '3', PROCEDURES_3],
  ['proc4', '4', CLIENT_PROCEDURES_4],
] as const;
const METHODS = REQUESTS.map(([line, proto, methods]) => ({ line, labels: methods.map((method) => labelText({ method, proto })) }));
const UDP = labelText({ protocol: 'udp' });
const TCP = labelText({ protocol: 'tcp' });

/** Calls of this host's NFS client (/proc/net/rpc/nfs, net/sunrpc/stats.c). */
export const nfs = defineCollector({
  name: 'nfs',
  help: 'NFS client statistics',
  start: () => (host, sink) => {
    const lines = parseRpcLines(host.proc.read('net/rpc/nfs'));
    const at = (line: string, index: number) => lines.get(line)?.[index] ?? 0;
    const packets = sink.counter('node_nfs_packets_total', 'Network packets of the NFS client.');
    packets.add(at('net', 1), UDP);
    packets.add(at('net', 2), TCP);
    sink.counter('node_nfs_connections_total', 'TCP connections of the NFS client.').add(at('net', 3));
    sink.counter('node_nfs_rpcs_total', 'Calls made.').add(at('rpc', 0));
    sink.counter('node_nfs_rpc_retransmissions_total', 'Calls sent again.').add(at('rpc', 1));
    sink.counter('node_nfs_rpc_authentication_refreshes_total', 'Times that credentials were renewed.').add(at('rpc', 2));
    const requests = sink.counter('node_nfs_requests_total', 'Calls by NFS version and procedure.');
    // The first number of a line says how many follow; a kernel of another age counts more or fewer.
    for (const { line, labels } of METHODS) {
      if (!lines.has(line)) continue;
      for (const [index, label] of labels.entries()) requests.add(at(line, index + 1), label);
    }
  },
});
