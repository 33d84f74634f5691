import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';

const COUNTERS = [
  ['dumped_frames', 'dumped_frames_total', 'Frames that were dumped.'],
  ['error_frames', 'error_frames_total', 'Frames with errors.'],
  ['invalid_crc_count', 'invalid_crc_total', 'Frames whose checksum was wrong.'],
  ['rx_frames', 'rx_frames_total', 'Frames that came in.'],
  ['rx_words', 'rx_words_total', 'Words of 4 bytes that came in.'],
  ['tx_frames', 'tx_frames_total', 'Frames sent.'],
  ['tx_words', 'tx_words_total', 'Words of 4 bytes sent.'],
  ['seconds_since_last_reset', 'seconds_since_last_reset_total', 'Seconds since the statistics began anew.'],
  ['invalid_tx_word_count', 'invalid_tx_words_total', 'Transmission words that were invalid.'],
  ['link_failure_count', 'link_failure_total', 'Times that the link failed.'],
  ['loss_of_sync_count', 'loss_of_sync_total', 'Times that bit or word synchronization was lost.'],
  ['loss_of_signal_count', 'loss_of_signal_total', 'Times that there was no signal.'],
  ['nos_count', 'nos_total', 'Not-operational sequences that came in.'],
  ['fcp_packet_aborts', 'fcp_packet_aborts_total', 'FCP packets that were aborted.'],
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
  sink.gauge('node_fibrechannel_info', 'What the host port is; always 1.').add(
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
