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
  counter('counters/VL15_dropped', 'vl15_dropped_total', 'Management packets (lane 15) dropped for want of room.'),
  counter(
    'counters/excessive_buffer_overrun_errors',
    'excessive_buffer_overrun_errors_total',
    'Times that the buffers overran in too many flow-control periods in a row.',
  ),
  counter('counters/link_downed', 'link_downed_total', 'Times that the link did not recover from an error and went down.'),
  counter('counters/link_error_recovery', 'link_error_recovery_total', 'Times that the link recovered from an error.'),
  counter(
    'counters/local_link_integrity_errors',
    'local_link_integrity_errors_total',
    'Times that physical errors were more than LocalPhyErrors allows.',
  ),
  counter('counters/multicast_rcv_packets', 'multicast_packets_received_total', 'Multicast packets that came in, broken ones among them.'),
  counter('counters/multicast_xmit_packets', 'multicast_packets_transmitted_total', 'Multicast packets sent, broken ones among them.'),
  counter(
    'counters/port_rcv_constraint_errors',
    'port_constraint_errors_received_total',
    'Packets that came in and were discarded for a rule of the switch port.',
  ),
  counter('counters/port_rcv_data', 'port_data_received_bytes_total', 'Bytes of data that came in.', WORD_BYTES),
  counter(
    'counters/port_rcv_discards',
    'port_discards_received_total',
    'Packets that came in and were discarded, the port being down or congested.',
  ),
  counter('counters/port_rcv_errors', 'port_errors_received_total', 'Packets that came in with an error.'),
  counter('counters/port_rcv_packets', 'port_packets_received_total', 'Packets that came in on all virtual lanes, broken ones among them.'),
  counter(
    'counters/port_rcv_remote_physical_errors',
    'port_receive_remote_physical_errors_total',
    'Packets that came in marked as bad by another switch.',
  ),
  counter('counters/port_rcv_switch_relay_errors', 'port_receive_switch_relay_errors_total', 'Packets that the switch could not pass on.'),
  counter(
    'counters/port_xmit_constraint_errors',
    'port_constraint_errors_transmitted_total',
    'Packets not sent for a rule of the switch port.',
  ),
  counter('counters/port_xmit_data', 'port_data_transmitted_bytes_total', 'Bytes of data sent.', WORD_BYTES),
  counter(
    'counters/port_xmit_discards',
    'port_discards_transmitted_total',
    'Packets to be sent that were discarded, the port being down or congested.',
  ),
  counter('counters/port_xmit_packets', 'port_packets_transmitted_total', 'Packets sent on all virtual lanes, broken ones among them.'),
  counter('counters/port_xmit_wait', 'port_transmit_wait_total', 'Ticks in which data waited and none was sent.'),
  counter('counters/symbol_error', 'symbol_error_total', 'Minor errors on the physical lanes.'),
  counter('counters/unicast_rcv_packets', 'unicast_packets_received_total', 'Unicast packets that came in, broken ones among them.'),
  counter('counters/unicast_xmit_packets', 'unicast_packets_transmitted_total', 'Unicast packets sent, broken ones among them.'),
  counter(
    'counters_ext/port_multicast_rcv_packets',
    'legacy_multicast_packets_received_total',
    'Multicast packets that came in, from the older counter.',
  ),
  counter(
    'counters_ext/port_multicast_xmit_packets',
    'legacy_multicast_packets_transmitted_total',
    'Multicast packets sent, from the older counter.',
  ),
  counter('counters_ext/port_rcv_data_64', 'legacy_data_received_bytes_total', 'Bytes of data that came in.', WORD_BYTES),
  counter('counters_ext/port_rcv_packets_64', 'legacy_packets_received_total', 'Packets that came in, from the older counter.'),
  counter(
    'counters_ext/port_unicast_rcv_packets',
    'legacy_unicast_packets_received_total',
    'Unicast packets that came in, from the older counter.',
  ),
  counter(
    'counters_ext/port_unicast_xmit_packets',
    'legacy_unicast_packets_transmitted_total',
    'Unicast packets sent, from the older counter.',
  ),
  counter('counters_ext/port_xmit_data_64', 'legacy_data_transmitted_bytes_total', 'Bytes of data sent.', WORD_BYTES),
  counter('counters_ext/port_xmit_packets_64', 'legacy_packets_transmitted_total', 'Packets sent, from the older counter.'),
];
