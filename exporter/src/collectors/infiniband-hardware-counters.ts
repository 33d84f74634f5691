import type { PortCounter } from './infiniband-counters.ts';

const counter = (file: string, name: string, help: string): PortCounter => ({ file: `hw_counters/${file}`, name, help, factor: 1 });

/** Files of ports/N/hw_counters of mlx4 and mlx5 devices (NVIDIA, "Understanding mlx5 Linux counters"). */
export const HARDWARE_COUNTERS: readonly PortCounter[] = [
  counter('duplicate_request', 'duplicate_requests_packets_total', 'Requests that came in and had been carried out before.'),
  counter(
    'implied_nak_seq_err',
    'implied_nak_seq_errors_total',
    'Acknowledgements with a later sequence number than expected, which tell of a lost one.',
  ),
  counter(
    'local_ack_timeout_err',
    'local_ack_timeout_errors_total',
    'Times that no acknowledgement came in time, within the retries allowed.',
  ),
  counter('np_cnp_sent', 'np_cnp_packets_sent_total', 'Congestion notifications sent after a packet came in with the ECN mark.'),
  counter(
    'np_ecn_marked_roce_packets',
    'np_ecn_marked_roce_packets_received_total',
    'RoCE packets that came in with the ECN mark of congestion.',
  ),
  counter('out_of_buffer', 'out_of_buffer_drops_total', 'Packets dropped because no receive request was posted.'),
  counter('out_of_sequence', 'out_of_sequence_packets_received_total', 'Packets that came in out of order.'),
  counter('packet_seq_err', 'packet_sequence_errors_total', 'Refusals for a gap in the sequence that came in, within the retries allowed.'),
  counter('req_cqe_error', 'req_cqes_errors_total', 'Requests of this side that ended with an error.'),
  counter('req_cqe_flush_error', 'req_cqes_flush_errors_total', 'Requests of this side that were flushed.'),
  counter('req_remote_access_errors', 'req_remote_access_errors_total', 'Requests of this side that the other refused access.'),
  counter('req_remote_invalid_request', 'req_remote_invalid_request_errors_total', 'Requests of this side that the other called invalid.'),
  counter('resp_cqe_error', 'resp_cqes_errors_total', 'Answers of this side that ended with an error.'),
  counter('resp_cqe_flush_error', 'resp_cqes_flush_errors_total', 'Answers of this side that were flushed.'),
  counter('resp_local_length_error', 'resp_local_length_errors_total', 'Requests of the other side with a wrong length.'),
  counter('resp_remote_access_errors', 'resp_remote_access_errors_total', 'Requests of the other side that were refused access.'),
  counter(
    'rnr_nak_retry_err',
    'rnr_nak_retry_packets_received_total',
    'Refusals of a receiver that was not ready, within the retries allowed.',
  ),
  counter('roce_adp_retrans', 'roce_adp_retransmits_total', 'Adaptive retransmissions of RoCE packets.'),
  counter(
    'roce_adp_retrans_to',
    'roce_adp_retransmits_timeout_total',
    'Times that adaptive retransmission of RoCE packets ran out of time.',
  ),
  counter('roce_slow_restart', 'roce_slow_restart_used_total', 'Times that RoCE used its slow restart.'),
  counter('roce_slow_restart_cnps', 'roce_slow_restart_cnps_total', 'Congestion notifications made by the slow restart of RoCE.'),
  counter('roce_slow_restart_trans', 'roce_slow_restart_total', 'Times that RoCE went over to slow restart.'),
  counter('rp_cnp_handled', 'rp_cnp_packets_handled_total', 'Congestion notifications that came in and slowed the sending.'),
  counter(
    'rp_cnp_ignored',
    'rp_cnp_ignored_packets_received_total',
    'Congestion notifications that came in and were ignored; more than none says that the adapter has no congestion control.',
  ),
  counter('rx_atomic_requests', 'rx_atomic_requests_total', 'Atomic requests that came in.'),
  counter('rx_dct_connect', 'rx_dct_connect_requests_total', 'Connection requests of dynamic transports that came in.'),
  counter('rx_icrc_encapsulated', 'rx_icrc_encapsulated_errors_total', 'RoCE packets with a wrong checksum.'),
  counter('rx_read_requests', 'rx_read_requests_total', 'Read requests that came in.'),
  counter('rx_write_requests', 'rx_write_requests_total', 'Write requests that came in.'),
];
