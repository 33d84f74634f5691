import type { PortCounter } from './infiniband-counters.ts';

const counter = (file: string, name: string, help: string): PortCounter => ({ file: `hw_counters/${file}`, name, help, factor: 1 });

/** Files of ports/N/hw_counters of mlx4 and mlx5 devices (NVIDIA, "Understanding mlx5 Linux counters"). */
export const HARDWARE_COUNTERS: readonly PortCounter[] = [
  counter(
    'duplicate_request',
    'duplicate_requests_packets_total',
    'The number of received packets. A duplicate request is a request that had been previously executed.',
  ),
  counter(
    'implied_nak_seq_err',
    'implied_nak_seq_errors_total',
    'The number of time the requested decided an ACK. with a PSN larger than the expected PSN for an RDMA read or response.',
  ),
  counter(
    'local_ack_timeout_err',
    'local_ack_timeout_errors_total',
    "The number of times QP's ack timer expired for RC, XRC, DCT QPs at the sender side. The QP retry limit was not exceed, therefore it is still recoverable error.",
  ),
  counter(
    'np_cnp_sent',
    'np_cnp_packets_sent_total',
    'The number of CNP packets sent by the Notification Point when it noticed congestion experienced in the RoCEv2 IP header (ECN bits). The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'np_ecn_marked_roce_packets',
    'np_ecn_marked_roce_packets_received_total',
    "The number of RoCEv2 packets received by the notification point which were marked for experiencing the congestion (ECN bits where '11' on the ingress RoCE traffic) . The counters was added in MLNX_OFED 4.1",
  ),
  counter('out_of_buffer', 'out_of_buffer_drops_total', 'The number of drops occurred due to lack of WQE for the associated QPs.'),
  counter('out_of_sequence', 'out_of_sequence_packets_received_total', 'The number of out of sequence packets received.'),
  counter(
    'packet_seq_err',
    'packet_sequence_errors_total',
    'The number of received NAK sequence error packets. The QP retry limit was not exceeded.',
  ),
  counter(
    'req_cqe_error',
    'req_cqes_errors_total',
    'The number of times requester detected CQEs completed with errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'req_cqe_flush_error',
    'req_cqes_flush_errors_total',
    'The number of times requester detected CQEs completed with flushed errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'req_remote_access_errors',
    'req_remote_access_errors_total',
    'The number of times requester detected remote access errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'req_remote_invalid_request',
    'req_remote_invalid_request_errors_total',
    'The number of times requester detected remote invalid request errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'resp_cqe_error',
    'resp_cqes_errors_total',
    'The number of times responder detected CQEs completed with errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'resp_cqe_flush_error',
    'resp_cqes_flush_errors_total',
    'The number of times responder detected CQEs completed with flushed errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'resp_local_length_error',
    'resp_local_length_errors_total',
    'The number of times responder detected local length errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'resp_remote_access_errors',
    'resp_remote_access_errors_total',
    'The number of times responder detected remote access errors. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'rnr_nak_retry_err',
    'rnr_nak_retry_packets_received_total',
    'The number of received RNR NAK packets. The QP retry limit was not exceeded.',
  ),
  counter(
    'roce_adp_retrans',
    'roce_adp_retransmits_total',
    'The number of adaptive retransmissions for RoCE traffic. The counter was added in MLNX_OFED rev 5.0-1.0.0.0 and kernel v5.6.0',
  ),
  counter(
    'roce_adp_retrans_to',
    'roce_adp_retransmits_timeout_total',
    'The number of times RoCE traffic reached timeout due to adaptive retransmission. The counter was added in MLNX_OFED rev 5.0-1.0.0.0 and kernel v5.6.0',
  ),
  counter(
    'roce_slow_restart',
    'roce_slow_restart_used_total',
    'The number of times RoCE slow restart was used. The counter was added in MLNX_OFED rev 5.0-1.0.0.0 and kernel v5.6.0',
  ),
  counter(
    'roce_slow_restart_cnps',
    'roce_slow_restart_cnps_total',
    'The number of times RoCE slow restart generated CNP packets. The counter was added in MLNX_OFED rev 5.0-1.0.0.0 and kernel v5.6.0',
  ),
  counter(
    'roce_slow_restart_trans',
    'roce_slow_restart_total',
    'The number of times RoCE slow restart changed state to slow restart. The counter was added in MLNX_OFED rev 5.0-1.0.0.0 and kernel v5.6.0',
  ),
  counter(
    'rp_cnp_handled',
    'rp_cnp_packets_handled_total',
    'The number of CNP packets handled by the Reaction Point HCA to throttle the transmission rate. The counters was added in MLNX_OFED 4.1',
  ),
  counter(
    'rp_cnp_ignored',
    'rp_cnp_ignored_packets_received_total',
    'The number of CNP packets received and ignored by the Reaction Point HCA. This counter should not raise if RoCE Congestion Control was enabled in the network. If this counter raise, verify that ECN was enabled on the adapter.',
  ),
  counter('rx_atomic_requests', 'rx_atomic_requests_total', 'The number of received ATOMIC request for the associated QPs.'),
  counter('rx_dct_connect', 'rx_dct_connect_requests_total', 'The number of received connection requests for the associated DCTs.'),
  counter(
    'rx_icrc_encapsulated',
    'rx_icrc_encapsulated_errors_total',
    'The number of RoCE packets with ICRC errors. This counter was added in MLNX_OFED 4.4 and kernel 4.19',
  ),
  counter('rx_read_requests', 'rx_read_requests_total', 'The number of received READ requests for the associated QPs.'),
  counter('rx_write_requests', 'rx_write_requests_total', 'The number of received WRITE requests for the associated QPs.'),
];
