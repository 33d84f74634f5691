import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Native } from '../host/native.ts';
import { netlinkAttributes, netlinkMessages, netlinkRequest } from '../host/netlink.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { deviceFilter } from './device-filter.ts';
import { jsonList } from './json-fields.ts';

const FIXTURES = 'collector.qdisc.fixtures';
const INCLUDE = 'collector.qdisk.device-include';
const EXCLUDE = 'collector.qdisk.device-exclude';

const FAMILIES = [
  ['bytes', 'node_qdisc_bytes_total', 'counter', 'Bytes sent.'],
  ['packets', 'node_qdisc_packets_total', 'counter', 'Packets sent.'],
  ['drops', 'node_qdisc_drops_total', 'counter', 'Packets dropped.'],
  ['requeues', 'node_qdisc_requeues_total', 'counter', 'Packets put back into the queue.'],
  ['overlimits', 'node_qdisc_overlimits_total', 'counter', 'Times that packets came faster than allowed.'],
  ['queueLength', 'node_qdisc_current_queue_length', 'gauge', 'Packets in the queue.'],
  ['backlog', 'node_qdisc_backlog', 'gauge', 'Bytes in the queue.'],
] as const;

/** Queueing disciplines at the root of each interface (tc(8)), asked of the kernel by netlink through the optional package koffi. */
export const qdisc = defineCollector({
  name: 'qdisc',
  help: 'queueing disciplines',
  flags: {
    [FIXTURES]: stringFlag({ help: 'Folder with a results.json to show instead of the host, for tests.' }),
    [INCLUDE]: stringFlag({ help: 'Regexp of the interfaces to show; not together with device-exclude.' }),
    [EXCLUDE]: stringFlag({ help: 'Regexp of the interfaces to leave out; not together with device-include.' }),
  },
  start: (values) => {
    const shown = deviceFilter({ include: [INCLUDE, values[INCLUDE]], exclude: [EXCLUDE, values[EXCLUDE]] });
    const write = (sink: Sink, disciplines: readonly Discipline[]) => {
      for (const discipline of disciplines) if (shown(discipline.device)) writeDiscipline(sink, discipline);
    };
    const folder = values[FIXTURES].replace(/\/+$/, '');
    if (folder !== '')
      return async (host, sink, deadline) => {
        const { text } = await host.helper.read(`${folder}/results.json`, deadline.remaining());
        write(sink, parseFixture(text));
      };
    let native: Native | undefined;
    return async (host, sink) => {
      native ??= await host.native();
      const answer = native.netlink(ROUTING, netlinkRequest(GET_QDISC, Buffer.alloc(TC_MESSAGE), true));
      write(sink, parseQdiscs(answer, interfaceNames(host)));
    };
  },
});

/** A queueing discipline with its counts. */
export interface Discipline {
  readonly device: string;
  readonly kind: string;
  readonly bytes: number;
  readonly packets: number;
  readonly drops: number;
  readonly requeues: number;
  readonly overlimits: number;
  readonly queueLength: number;
  readonly backlog: number;
}

function writeDiscipline(sink: Sink, discipline: Discipline): void {
  const labels = labelText({ device: discipline.device, kind: discipline.kind });
  for (const [field, name, type, help] of FAMILIES) sink.family(name, help, type).add(discipline[field], labels);
}

/** The test form: a JSON list of objects; what is left out is 0. Throws where it is no list. */
export function parseFixture(text: string): Discipline[] {
  return jsonList(text).map((fields) => ({
    device: fields.text('IfaceName'),
    kind: fields.text('Kind'),
    bytes: fields.number('Bytes'),
    packets: fields.number('Packets'),
    drops: fields.number('Drops'),
    requeues: fields.number('Requeues'),
    overlimits: fields.number('Overlimits'),
    queueLength: fields.number('Qlen'),
    backlog: fields.number('Backlog'),
  }));
}

/** include/uapi/linux/rtnetlink.h and gen_stats.h. */
const ROUTING = 0;
const GET_QDISC = 38;
const NEW_QDISC = 36;
const TC_MESSAGE = 20;
const ROOT = 0xffffffff;
const TCA_KIND = 1;
const TCA_STATS2 = 7;
const STATS_BASIC = 1;
const STATS_QUEUE = 3;

function interfaceNames(host: Host): ReadonlyMap<number, string> {
  return new Map(host.sys.list('class/net').map((device) => [host.sys.tryNumber(`class/net/${device}/ifindex`) ?? -1, device]));
}

/** The disciplines at the root of an interface, out of a dump of all. */
export function parseQdiscs(answer: readonly Buffer[], interfaces: ReadonlyMap<number, string>): Discipline[] {
  const disciplines: Discipline[] = [];
  for (const { type, payload } of netlinkMessages(answer)) {
    if (type !== NEW_QDISC || payload.length < TC_MESSAGE || payload.readUInt32LE(12) !== ROOT) continue;
    const device = interfaces.get(payload.readInt32LE(4));
    const attributes = netlinkAttributes(payload, TC_MESSAGE);
    const kind = attributes.get(TCA_KIND)?.toString('latin1').replace(/\0.*$/, '');
    const stats = netlinkAttributes(attributes.get(TCA_STATS2) ?? Buffer.alloc(0));
    const basic = stats.get(STATS_BASIC);
    const queue = stats.get(STATS_QUEUE);
    if (device === undefined || kind === undefined || basic === undefined || queue === undefined) continue;
    disciplines.push({
      device,
      kind,
      bytes: Number(basic.readBigUInt64LE(0)),
      packets: basic.readUInt32LE(8),
      queueLength: queue.readUInt32LE(0),
      backlog: queue.readUInt32LE(4),
      drops: queue.readUInt32LE(8),
      requeues: queue.readUInt32LE(12),
      overlimits: queue.readUInt32LE(16),
    });
  }
  return disciplines;
}
