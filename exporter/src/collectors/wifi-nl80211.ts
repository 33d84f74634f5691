import type { Native } from '../host/native.ts';
import { netlinkAttribute, netlinkAttributes, NetlinkError, netlinkMessages, netlinkRequest } from '../host/netlink.ts';
import { NoData } from './collector.ts';
import { BSS_MODES, hardwareAddress } from './wifi-fixture.ts';
import type { WifiInterface, WifiNetwork, WifiStation } from './wifi.ts';

type Attributes = ReadonlyMap<number, Buffer>;

/** netlink(7), include/uapi/linux/genetlink.h. */
const GENERIC = 16;
const CONTROL = 0x10;
const GET_FAMILY = 3;
const FAMILY_ID = 1;
const FAMILY_NAME = 2;
const GENERIC_HEADER = 4;
const ENOENT = 2;

/** include/uapi/linux/nl80211.h: commands, and attributes of messages, stations, rates and networks. */
const GET_INTERFACE = 5;
const GET_STATION = 17;
const GET_SCAN = 32;
const IFINDEX = 3;
const IFNAME = 4;
const MAC = 6;
const STA_INFO = 21;
const WIPHY_FREQ = 38;
const BSS = 47;
const BSS_BSSID = 1;
const BSS_ELEMENTS = 6;
const BSS_STATUS = 9;
const ELEMENT_SSID = 0;
const RATE_BITRATE = 1;
const RATE_BITRATE32 = 5;
const STATION = {
  inactive: 1,
  receivedBytes: 2,
  transmittedBytes: 3,
  signal: 7,
  transmitRate: 8,
  receivedPackets: 9,
  transmittedPackets: 10,
  retries: 11,
  failed: 12,
  receiveRate: 14,
  connected: 16,
  beaconLoss: 18,
  receivedBytes64: 23,
  transmittedBytes64: 24,
} as const;

/** The wireless interfaces of this host. Throws NoData where the kernel has no nl80211. */
export function readWifi(native: Native): WifiInterface[] {
  const family = familyId(native);
  const ask = (command: number, ifindex?: Buffer) => {
    const attributes = ifindex === undefined ? Buffer.alloc(0) : netlinkAttribute(IFINDEX, ifindex);
    const payload = Buffer.concat([Buffer.from([command, 0, 0, 0]), attributes]);
    return netlinkMessages(native.netlink(GENERIC, netlinkRequest(family, payload, true))).map((message) =>
      netlinkAttributes(message.payload, GENERIC_HEADER),
    );
  };
  return ask(GET_INTERFACE).flatMap((attributes) => {
    const name = attributes.get(IFNAME)?.toString('utf8').replace(/\0.*$/, '');
    const index = attributes.get(IFINDEX);
    if (name === undefined || index === undefined) return [];
    const network = ask(GET_SCAN, index).flatMap((each) => networkOf(each) ?? [])[0];
    const stations = ask(GET_STATION, index).flatMap((each) => stationOf(each) ?? []);
    return [{ name, frequency: numberOf(attributes, WIPHY_FREQ), network, stations }];
  });
}

function familyId(native: Native): number {
  const payload = Buffer.concat([Buffer.from([GET_FAMILY, 1, 0, 0]), netlinkAttribute(FAMILY_NAME, Buffer.from('nl80211\0'))]);
  try {
    const [message] = netlinkMessages(native.netlink(GENERIC, netlinkRequest(CONTROL, payload, false)));
    const id = message === undefined ? 0 : numberOf(netlinkAttributes(message.payload, GENERIC_HEADER), FAMILY_ID);
    if (id > 0) return id;
  } catch (error) {
    if (!(error instanceof NetlinkError && error.errno === ENOENT)) throw error;
  }
  throw new NoData('nl80211: this kernel has no wireless interface');
}

/** The network of a scan's entry that this host belongs to; the others carry no status. */
export function networkOf(attributes: Attributes): WifiNetwork | undefined {
  const bss = netlinkAttributes(attributes.get(BSS) ?? Buffer.alloc(0));
  if (!bss.has(BSS_STATUS)) return undefined;
  return {
    ssid: ssidOf(bss.get(BSS_ELEMENTS) ?? Buffer.alloc(0)),
    bssid: hardwareAddress(bss.get(BSS_BSSID) ?? Buffer.alloc(0)),
    mode: BSS_MODES[numberOf(bss, BSS_STATUS)] ?? 'unknown',
  };
}

/** Information elements: a number, a length, a content (IEEE 802.11, 9.4.2). */
function ssidOf(elements: Buffer): string {
  for (let at = 0; at + 2 <= elements.length; at += 2 + elements[at + 1])
    if (elements[at] === ELEMENT_SSID) return elements.subarray(at + 2, at + 2 + elements[at + 1]).toString('utf8');
  return '';
}

/** A station of an answer; undefined for a message without its address or figures. */
export function stationOf(attributes: Attributes): WifiStation | undefined {
  const mac = attributes.get(MAC);
  const info = netlinkAttributes(attributes.get(STA_INFO) ?? Buffer.alloc(0));
  if (mac === undefined || info.size === 0) return undefined;
  const count = (field: keyof typeof STATION) => numberOf(info, STATION[field]);
  const bytes = (narrow: keyof typeof STATION, wide: keyof typeof STATION) => (info.has(STATION[wide]) ? count(wide) : count(narrow));
  return {
    address: hardwareAddress(mac),
    connected: count('connected'),
    inactive: count('inactive') / 1000,
    receiveRate: rateOf(info.get(STATION.receiveRate)),
    transmitRate: rateOf(info.get(STATION.transmitRate)),
    receivedBytes: bytes('receivedBytes', 'receivedBytes64'),
    transmittedBytes: bytes('transmittedBytes', 'transmittedBytes64'),
    receivedPackets: count('receivedPackets'),
    transmittedPackets: count('transmittedPackets'),
    signal: info.get(STATION.signal)?.readInt8(0) ?? 0,
    retries: count('retries'),
    failed: count('failed'),
    beaconLoss: count('beaconLoss'),
  };
}

/** Rates come in 100 kbit/s. */
function rateOf(rate: Buffer | undefined): number {
  const attributes = netlinkAttributes(rate ?? Buffer.alloc(0));
  return 100_000 * numberOf(attributes, attributes.has(RATE_BITRATE32) ? RATE_BITRATE32 : RATE_BITRATE);
}

/** An unsigned number of one, two, four or eight bytes; 0 where there is none. */
function numberOf(attributes: Attributes, type: number): number {
  const bytes = attributes.get(type);
  if (bytes === undefined || bytes.length === 0) return 0;
  return bytes.length === 8 ? Number(bytes.readBigUInt64LE(0)) : bytes.readUIntLE(0, Math.min(bytes.length, 4));
}
