import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { deviceFilter } from './device-filter.ts';

const IGNORED = 'collector.netclass.ignored-devices';
const INVALID_SPEED = 'collector.netclass.ignore-invalid-speed';
const NETLINK = 'collector.netclass.netlink';
const RTNL_STATS = 'collector.netclass_rtnl.with-stats';

/** Files that hold a number, in the order of their families. */
const NUMBERS = [
  ['addr_assign_type', 'address_assign_type', 'gauge', 'How the address was given.'],
  ['carrier', 'carrier', 'gauge', 'Whether there is a link.'],
  ['carrier_changes', 'carrier_changes_total', 'counter', 'Times that the link came or went.'],
  ['carrier_up_count', 'carrier_up_changes_total', 'counter', 'Times that the link came.'],
  ['carrier_down_count', 'carrier_down_changes_total', 'counter', 'Times that the link went.'],
  ['dev_id', 'device_id', 'gauge', 'Number that tells devices with the same address apart.'],
  ['dormant', 'dormant', 'gauge', 'Whether the interface waits for something outside.'],
  ['flags', 'flags', 'gauge', 'Flags of the interface, see netdevice(7).'],
  ['ifindex', 'iface_id', 'gauge', 'Index of the interface.'],
  ['iflink', 'iface_link', 'gauge', 'Index of the interface below.'],
  ['link_mode', 'iface_link_mode', 'gauge', 'Link mode.'],
  ['mtu', 'mtu_bytes', 'gauge', 'Largest packet in bytes.'],
  ['name_assign_type', 'name_assign_type', 'gauge', 'How the name was given.'],
  ['netdev_group', 'net_dev_group', 'gauge', 'Group of the interface.'],
  ['tx_queue_len', 'transmit_queue_length', 'gauge', 'Packets that the transmit queue takes.'],
  ['type', 'protocol_type', 'gauge', 'Protocol of the interface (include/uapi/linux/if_arp.h).'],
] as const;

const FAMILIES = NUMBERS.map(([file, metric, type, help]) => ({ file, name: `node_network_${metric}`, type, help }));
const MEGABIT_BYTES = 1_000_000 / 8;
const IFF_UP = 1;

/** What network interfaces are and whether they are up (kernel docs, ABI/testing/sysfs-class-net). */
export const netclass = defineCollector({
  name: 'netclass',
  help: 'network interface properties',
  flags: {
    [IGNORED]: stringFlag({ help: 'Regexp of the interfaces to leave out.', default: '^$' }),
    [INVALID_SPEED]: booleanFlag({ help: 'Leave out speeds below 0, which say that the speed is unknown.' }),
    [NETLINK]: booleanFlag({ help: 'Accepted for compatibility: properties are read from sysfs, which says the same.' }),
    [RTNL_STATS]: booleanFlag({ help: 'Accepted for compatibility: the collector netdev shows the statistics.' }),
  },
  start: (values) => {
    const shown = deviceFilter({ include: ['', ''], exclude: [IGNORED, values[IGNORED]] });
    const devices = new Map<string, Device>();
    return (host, sink) => {
      const names = host.sys.list('class/net').filter((name) => shown(name) && name !== 'bonding_masters');
      if (names.length === 0 && !host.sys.exists('class/net')) throw new NoData('class/net: no interface');
      forget(devices, names);
      const families = FAMILIES.map(({ name, help, type }) => sink.family(name, help, type));
      for (const name of names) {
        const device = devices.get(name) ?? deviceOf(name);
        devices.set(name, device);
        renewPatience(host, device);
        for (let index = 0; index < FAMILIES.length; index += 1) {
          const value = readPatiently(host, device, device.files[index]);
          if (value !== undefined) families[index].add(value, device.labels);
        }
        writeSpeed(host, sink, device, values[INVALID_SPEED]);
        writeInfo(host, sink, device);
      }
    };
  },
});

/** An interface with its paths and labels, made once, and what it does not tell. */
interface Device {
  readonly name: string;
  readonly folder: string;
  readonly labels: string;
  readonly files: readonly string[];
  /** Files that the driver refused while the link was as `refusedAt` says. */
  readonly refused: Set<string>;
  refusedAt: string;
  /** Scrapes until what was refused is asked for again. */
  patience: number;
}

/** A driver refuses its speed or carrier while the interface is down, for ever on a loopback; each refusal costs 20 µs. */
const SCRAPES_REFUSED = 60;
/** Never refused; where none of them has changed, nor has what the driver tells. */
const LINK_FILES = ['flags', 'operstate', 'carrier_changes'] as const;

function deviceOf(name: string): Device {
  const folder = `class/net/${name}`;
  const files = FAMILIES.map(({ file }) => `${folder}/${file}`);
  return { name, folder, labels: labelText({ device: name }), files, refused: new Set(), refusedAt: '', patience: SCRAPES_REFUSED };
}

function forget(devices: Map<string, Device>, names: readonly string[]): void {
  if (devices.size <= names.length) return;
  const present = new Set(names);
  for (const name of devices.keys()) if (!present.has(name)) devices.delete(name);
}

function readPatiently(host: Host, device: Device, path: string): number | undefined {
  const text = readText(host, device, path);
  const value = text === undefined || text === '' ? NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** The text of a file, which is not asked for while the driver refuses it and nothing else about the link has changed. */
function readText(host: Host, device: Device, path: string): string | undefined {
  if (device.refused.has(path)) return undefined;
  const text = host.sys.tryRead(path)?.trim();
  if (text === undefined) device.refused.add(path);
  return text;
}

function renewPatience(host: Host, device: Device): void {
  const linkState = LINK_FILES.map((file) => host.sys.tryRead(`${device.folder}/${file}`)).join('');
  device.patience -= 1;
  if (device.refusedAt === linkState && device.patience > 0) return;
  device.refused.clear();
  device.refusedAt = linkState;
  device.patience = SCRAPES_REFUSED;
}

function writeSpeed(host: Host, sink: Sink, device: Device, ignoreInvalid: boolean): void {
  const speed = readPatiently(host, device, `${device.folder}/speed`);
  if (speed === undefined || (ignoreInvalid && speed < 0)) return;
  sink.gauge('node_network_speed_bytes', 'Speed of the link in bytes a second.').add(speed * MEGABIT_BYTES, device.labels);
}

function writeInfo(host: Host, sink: Sink, device: Device): void {
  const text = (file: string) => readText(host, device, `${device.folder}/${file}`) ?? '';
  const operstate = text('operstate');
  const flags = host.sys.tryRead(`${device.folder}/flags`)?.trim() ?? '';
  sink.gauge('node_network_up', 'Whether the interface works: its state is up.').add(operstate === 'up' ? 1 : 0, device.labels);
  const labels = labelText({
    device: device.name,
    address: text('address'),
    adminstate: adminState(flags),
    broadcast: text('broadcast'),
    duplex: text('duplex'),
    ifalias: text('ifalias'),
    operstate,
  });
  sink.gauge('node_network_info', 'What the interface is; always 1.').add(1, labels);
}

/** Whether somebody switched the interface on, from its flags as in sysfs (`0x1003`). */
export function adminState(flags: string): 'up' | 'down' | 'unknown' {
  const value = flags === '' ? NaN : Number(flags);
  if (Number.isNaN(value)) return 'unknown';
  return (value & IFF_UP) === 0 ? 'down' : 'up';
}
