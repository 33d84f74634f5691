import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';

const COUNTERS = [
  ['dumped_frames', 'dumped_frames_total', 'Number of dumped frames'],
  ['error_frames', 'error_frames_total', 'Number of errors in frames'],
  ['invalid_crc_count', 'invalid_crc_total', 'Invalid Cyclic Redundancy Check count'],
  ['rx_frames', 'rx_frames_total', 'Number of frames received'],
  ['rx_words', 'rx_words_total', 'Number of words received by host port'],
  ['tx_frames', 'tx_frames_total', 'Number of frames transmitted by host port'],
  ['tx_words', 'tx_words_total', 'Number of words transmitted by host port'],
  ['seconds_since_last_reset', 'seconds_since_last_reset_total', 'Number of seconds since last host port reset'],
  ['invalid_tx_word_count', 'invalid_tx_words_total', 'Number of invalid words transmitted by host port'],
  ['link_failure_count', 'link_failure_total', 'Number of times the host port link has failed'],
  ['loss_of_sync_count', 'loss_of_sync_total', 'Number of failures on either bit or transmission word boundaries'],
  ['loss_of_signal_count', 'loss_of_signal_total', 'Number of times signal has been lost'],
  ['nos_count', 'nos_total', 'Number Not_Operational Primitive Sequence received by host port'],
  ['fcp_packet_aborts', 'fcp_packet_aborts_total', 'Number of aborted packets'],
] as const;

/** What firmware writes into a counter that it does not keep: all 64 bits set, as a double. */
const NOT_KEPT = 2 ** 64;

/** Fibre Channel host ports (kernel docs, scsi/scsi_fc_transport.rst). */
export const fibrechannel = defineCollector({
  name: 'fibrechannel',
  help: 'Fibre Channel host ports',
  start: () => (host, sink) => {
    const ports = host.sys.list('class/fc_host');
    if (ports.length === 0) throw new NoData('fibrechannel: nothing in class/fc_host');
    for (const port of ports) writePort(host.sys, sink, port);
  },
});

function writePort(sys: Tree, sink: Sink, port: string): void {
  const text = (file: string) => sys.tryRead(`class/fc_host/${port}/${file}`)?.trim() ?? '';
  const bare = (file: string) => text(file).replace(/^0x/, '');
  sink.gauge('node_fibrechannel_info', 'Non-numeric data from /sys/class/fc_host/<host>, value is always 1.').add(
    1,
    labelText({
      fc_host: port,
      speed: text('speed'),
      port_state: text('port_state'),
      port_type: text('port_type'),
      port_id: bare('port_id'),
      port_name: bare('port_name'),
      fabric_name: bare('fabric_name'),
      symbolic_name: text('symbolic_name'),
      supported_classes: text('supported_classes'),
      supported_speeds: text('supported_speeds'),
      dev_loss_tmo: text('dev_loss_tmo'),
    }),
  );
  const labels = labelText({ fc_host: port });
  for (const [file, name, help] of COUNTERS) {
    const count = sys.tryNumber(`class/fc_host/${port}/statistics/${file}`);
    if (count !== undefined && count < NOT_KEPT) sink.counter(`node_fibrechannel_${name}`, help).add(count, labels);
  }
}
