import { labelText } from '@presage/service/exposition.ts';
import { countIn, rowsOf, textIn, type Fields } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';
import { interfaceFilter, netdevFlags, writeAddresses } from '../netdev-flags.ts';

/** Traffic and errors of network interfaces, named as in the settings of Windows (`Ethernet`, `Wi-Fi`). */
export const netdev = defineCollector({
  name: 'netdev',
  help: 'network interface statistics',
  flags: netdevFlags,
  sources: ['networkStats'],
  start: (values) => {
    const shown = interfaceFilter(values);
    return (host, sink) => {
      writeAddresses(host, sink, shown, values);
      for (const row of rowsOf('networkStats', host.samples.latest('networkStats'))) {
        const device = textIn(row, 'iface');
        if (device === '' || !shown(device) || isUnknown(row)) continue;
        for (const { field, name, help } of FIELDS) {
          const count = countIn(row, field);
          if (count !== undefined) sink.counter(`node_network_${name}_total`, help).add(count, labelText({ device }));
        }
      }
    };
  },
});

/** The library writes zeros where it could not find an interface's counters; shown, they would look like a counter that began anew. */
function isUnknown(row: Fields): boolean {
  return (countIn(row, 'rx_bytes') ?? 0) === 0 && (countIn(row, 'tx_bytes') ?? 0) === 0;
}

const FIELDS = [
  { field: 'rx_bytes', name: 'receive_bytes', help: 'Bytes that came in.' },
  { field: 'rx_errors', name: 'receive_errs', help: 'Packets that came in broken.' },
  { field: 'rx_dropped', name: 'receive_drop', help: 'Packets that came in and were dropped.' },
  { field: 'tx_bytes', name: 'transmit_bytes', help: 'Bytes sent.' },
  { field: 'tx_errors', name: 'transmit_errs', help: 'Packets that could not be sent for an error.' },
  { field: 'tx_dropped', name: 'transmit_drop', help: 'Packets dropped before they were sent.' },
] as const;
