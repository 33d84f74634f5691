import { labelText, type MetricType } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

interface Field {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly factor: number;
}

const counter = (name: string, help: string, factor = 1): Field => ({ name: `node_drbd_${name}`, type: 'counter', help, factor });
const gauge = (name: string, help: string, factor = 1): Field => ({ name: `node_drbd_${name}`, type: 'gauge', help, factor });

/** The fields of /proc/drbd (DRBD user's guide 8.4, "Status information in /proc/drbd"); sizes are in KiB. */
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['ns', counter('network_sent_bytes_total', 'Bytes sent to the peer.', 1024)],
  // node_exporter takes this one for bytes.
  ['nr', counter('network_received_bytes_total', 'Bytes that came from the peer.')],
  ['dw', counter('disk_written_bytes_total', 'Bytes written to the disk of this node.', 1024)],
  ['dr', counter('disk_read_bytes_total', 'Bytes read from the disk of this node.', 1024)],
  ['al', counter('activitylog_writes_total', 'Writes to the activity log on disk.')],
  ['bm', counter('bitmap_writes_total', 'Writes to the bitmap of changed blocks on disk.')],
  ['lo', gauge('local_pending', 'Requests to the disk of this node under way.')],
  ['pe', gauge('remote_pending', 'Requests to the peer that it has not answered yet.')],
  ['ua', gauge('remote_unacknowledged', 'Requests of the peer that this node has not answered yet.')],
  ['ap', gauge('application_pending', 'Requests of the layers above that DRBD has not answered yet.')],
  ['ep', gauge('epochs', 'Write epochs under way.')],
  ['oos', gauge('out_of_sync_bytes', 'Bytes that differ between the nodes as far as known.', 1024)],
]);

/** Replicated block devices of DRBD 8 from /proc/drbd. */
export const drbd = defineCollector({
  name: 'drbd',
  help: 'DRBD replication status',
  start: () => (host, sink) => {
    for (const { device, fields } of parseDrbd(host.proc.read('drbd'))) {
      const labels = labelText({ device });
      for (const [key, value] of fields) {
        const field = FIELDS.get(key);
        if (field !== undefined) sink.family(field.name, field.help, field.type).add(Number(value) * field.factor, labels);
      }
      const connection = fields.get('cs');
      if (connection !== undefined)
        sink.gauge('node_drbd_connected', '1 where the peer is connected.').add(connection === 'Connected' ? 1 : 0, labels);
      const roles = sink.gauge('node_drbd_node_role_is_primary', '1 where that node is primary.');
      bothSides(fields.get('ro'), (node, role) => roles.add(role === 'Primary' ? 1 : 0, labelText({ device, node })));
      const disks = sink.gauge('node_drbd_disk_state_is_up_to_date', '1 where the disk of that node holds the newest data.');
      bothSides(fields.get('ds'), (node, state) => disks.add(state === 'UpToDate' ? 1 : 0, labelText({ device, node })));
    }
  },
});

function bothSides(pair: string | undefined, write: (node: string, value: string) => void): void {
  const [local, remote] = (pair ?? '').split('/');
  if (remote === undefined) return;
  write('local', local);
  write('remote', remote);
}

/** One device with its fields, such as cs → Connected. */
export interface DrbdDevice {
  readonly device: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Reads the devices of /proc/drbd. Throws where a counted field holds no number. */
export function parseDrbd(text: string): DrbdDevice[] {
  const devices: { device: string; fields: Map<string, string> }[] = [];
  for (const word of text.split(/\s+/)) {
    const colon = word.indexOf(':');
    if (colon < 0) continue;
    const [key, value] = [word.slice(0, colon), word.slice(colon + 1)];
    if (value === '' && /^\d+$/.test(key)) devices.push({ device: `drbd${key}`, fields: new Map() });
    if (value === '' || devices.length === 0) continue;
    if (FIELDS.has(key) && !/^\d+$/.test(value)) throw new Error(`drbd: got ${JSON.stringify(word.slice(0, 40))}, want a number`);
    devices[devices.length - 1].fields.set(key, value);
  }
  return devices;
}
