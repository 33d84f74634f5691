/** A file of a port with its counter: name without `node_infiniband_`, help, and what the number is multiplied with. */
export interface PortCounter {
  readonly file: string;
  readonly name: string;
  readonly help: string;
  readonly factor: number;
}

/** Data counters count words of four bytes (InfiniBand specification, volume 1, 16.1.3.5). */
const WORD_BYTES = 4;

const counter = (file: string, name: string, help: string, factor = 1): PortCounter => ({ file, name, help, factor });

/** Files of ports/N (kernel docs, ABI/stable/sysfs-class-infiniband). */
export const PORT_COUNTERS: readonly PortCounter[] = [
  counter('counters/VL15_dropped', 'vl15_dropped_total', 'Number of incoming VL15 packets dropped due to resource limitations.'),
  counter(
    'counters/excessive_buffer_overrun_errors',
    'excessive_buffer_overrun_errors_total',
    'Number of times that OverrunErrors consecutive flow control update periods occurred, each having at least one overrun error.',
  ),
  counter('counters/link_downed', 'link_downed_total', 'Number of times the link failed to recover from an error state and went down'),
  counter(
    'counters/link_error_recovery',
    'link_error_recovery_total',
    'Number of times the link successfully recovered from an error state',
  ),
  counter(
    'counters/local_link_integrity_errors',
    'local_link_integrity_errors_total',
    'Number of times that the count of local physical errors exceeded the threshold specified by LocalPhyErrors.',
  ),
  counter('counters/multicast_rcv_packets', 'multicast_packets_received_total', 'Number of multicast packets received (including errors)'),
  counter(
    'counters/multicast_xmit_packets',
    'multicast_packets_transmitted_total',
    'Number of multicast packets transmitted (including errors)',
  ),
  counter(
    'counters/port_rcv_constraint_errors',
    'port_constraint_errors_received_total',
    'Number of packets received on the switch physical port that are discarded',
  ),
  counter('counters/port_rcv_data', 'port_data_received_bytes_total', 'Number of data octets received on all links', WORD_BYTES),
  counter(
    'counters/port_rcv_discards',
    'port_discards_received_total',
    'Number of inbound packets discarded by the port because the port is down or congested',
  ),
  counter(
    'counters/port_rcv_errors',
    'port_errors_received_total',
    'Number of packets containing an error that were received on this port',
  ),
  counter(
    'counters/port_rcv_packets',
    'port_packets_received_total',
    'Number of packets received on all VLs by this port (including errors)',
  ),
  counter(
    'counters/port_rcv_remote_physical_errors',
    'port_receive_remote_physical_errors_total',
    'Number of packets marked with the EBP (End of Bad Packet) delimiter received on the port.',
  ),
  counter(
    'counters/port_rcv_switch_relay_errors',
    'port_receive_switch_relay_errors_total',
    'Number of packets that could not be forwarded by the switch.',
  ),
  counter(
    'counters/port_xmit_constraint_errors',
    'port_constraint_errors_transmitted_total',
    'Number of packets not transmitted from the switch physical port',
  ),
  counter('counters/port_xmit_data', 'port_data_transmitted_bytes_total', 'Number of data octets transmitted on all links', WORD_BYTES),
  counter(
    'counters/port_xmit_discards',
    'port_discards_transmitted_total',
    'Number of outbound packets discarded by the port because the port is down or congested',
  ),
  counter(
    'counters/port_xmit_packets',
    'port_packets_transmitted_total',
    'Number of packets transmitted on all VLs from this port (including errors)',
  ),
  counter(
    'counters/port_xmit_wait',
    'port_transmit_wait_total',
    'Number of ticks during which the port had data to transmit but no data was sent during the entire tick',
  ),
  counter('counters/symbol_error', 'symbol_error_total', 'Number of minor link errors detected on one or more physical lanes.'),
  counter('counters/unicast_rcv_packets', 'unicast_packets_received_total', 'Number of unicast packets received (including errors)'),
  counter('counters/unicast_xmit_packets', 'unicast_packets_transmitted_total', 'Number of unicast packets transmitted (including errors)'),
  counter('counters_ext/port_multicast_rcv_packets', 'legacy_multicast_packets_received_total', 'Number of multicast packets received'),
  counter(
    'counters_ext/port_multicast_xmit_packets',
    'legacy_multicast_packets_transmitted_total',
    'Number of multicast packets transmitted',
  ),
  counter('counters_ext/port_rcv_data_64', 'legacy_data_received_bytes_total', 'Number of data octets received on all links', WORD_BYTES),
  counter('counters_ext/port_rcv_packets_64', 'legacy_packets_received_total', 'Number of data packets received on all links'),
  counter('counters_ext/port_unicast_rcv_packets', 'legacy_unicast_packets_received_total', 'Number of unicast packets received'),
  counter('counters_ext/port_unicast_xmit_packets', 'legacy_unicast_packets_transmitted_total', 'Number of unicast packets transmitted'),
  counter(
    'counters_ext/port_xmit_data_64',
    'legacy_data_transmitted_bytes_total',
    'Number of data octets transmitted on all links',
    WORD_BYTES,
  ),
  counter('counters_ext/port_xmit_packets_64', 'legacy_packets_transmitted_total', 'Number of data packets received on all links'),
];
