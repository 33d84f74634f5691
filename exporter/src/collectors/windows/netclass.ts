import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import { countIn, rowsOf, textIn } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';
import { deviceFilter } from '../device-filter.ts';

const IGNORED = 'collector.netclass.ignored-devices';
const MEGABIT_BYTES = 1_000_000 / 8;

/** What network interfaces are and whether they are up. */
export const netclass = defineCollector({
  name: 'netclass',
  help: 'network interface properties',
  flags: { [IGNORED]: stringFlag({ help: 'Regexp of the interfaces to leave out.', default: '^$' }) },
  sources: ['networkInterfaces'],
  start: (values) => {
    const shown = deviceFilter({ include: ['', ''], exclude: [IGNORED, values[IGNORED]] });
    return (host, sink) => {
      for (const row of rowsOf('networkInterfaces', host.samples.latest('networkInterfaces'))) {
        const device = textIn(row, 'iface');
        if (device === '' || !shown(device)) continue;
        const labels = labelText({ device });
        const [mtu, speed, operstate] = [countIn(row, 'mtu'), countIn(row, 'speed'), textIn(row, 'operstate')];
        sink.gauge('node_network_up', 'Whether the interface works: its state is up.').add(operstate === 'up' ? 1 : 0, labels);
        if (mtu !== undefined) sink.gauge('node_network_mtu_bytes', 'Largest packet in bytes.').add(mtu, labels);
        // For an interface that is down Windows tells the largest number there is.
        if (speed !== undefined && operstate === 'up')
          sink.gauge('node_network_speed_bytes', 'Speed of the link in bytes a second.').add(speed * MEGABIT_BYTES, labels);
        const info = { device, address: textIn(row, 'mac'), duplex: textIn(row, 'duplex'), ifalias: textIn(row, 'ifaceName'), operstate };
        sink.gauge('node_network_info', 'What the interface is; always 1.').add(1, labelText(info));
      }
    };
  },
});
