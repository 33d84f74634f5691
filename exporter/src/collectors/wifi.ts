import { labelText } from '@presage/service/exposition.ts';
import { stringFlag } from '@presage/service/flags.ts';
import type { Helper } from '../host/helper.ts';
import type { Native } from '../host/native.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { readWifi } from './wifi-nl80211.ts';
import { parseBss, parseInterfaces, parseStations } from './wifi-fixture.ts';

const FIXTURES = 'collector.wifi.fixtures';

/** A wireless interface: `frequency` in MHz, 0 where it is unknown. */
export interface WifiInterface {
  readonly name: string;
  readonly frequency: number;
  readonly network: WifiNetwork | undefined;
  readonly stations: readonly WifiStation[];
}

/** The network that an interface belongs to; `mode` as in the label. */
export interface WifiNetwork {
  readonly ssid: string;
  readonly bssid: string;
  readonly mode: string;
}

/** A station seen by an interface: times in seconds, rates in bits a second, signal in dBm. */
export interface WifiStation {
  readonly address: string;
  readonly connected: number;
  readonly inactive: number;
  readonly receiveRate: number;
  readonly transmitRate: number;
  readonly receivedBytes: number;
  readonly transmittedBytes: number;
  readonly receivedPackets: number;
  readonly transmittedPackets: number;
  readonly signal: number;
  readonly retries: number;
  readonly failed: number;
  readonly beaconLoss: number;
}

const STATION_FAMILIES = [
  ['connected', 'connected_seconds_total', 'counter', 'Seconds that the station has been connected.'],
  ['inactive', 'inactive_seconds', 'gauge', 'Seconds since the station was active.'],
  ['receiveRate', 'receive_bits_per_second', 'gauge', 'Rate of receiving in bits a second.'],
  ['transmitRate', 'transmit_bits_per_second', 'gauge', 'Rate of transmitting in bits a second.'],
  ['receivedBytes', 'receive_bytes_total', 'counter', 'Bytes received from the station.'],
  ['transmittedBytes', 'transmit_bytes_total', 'counter', 'Bytes transmitted to the station.'],
  ['receivedPackets', 'received_packets_total', 'counter', 'Packets received from the station.'],
  ['transmittedPackets', 'transmitted_packets_total', 'counter', 'Packets transmitted to the station.'],
  ['signal', 'signal_dbm', 'gauge', 'Strength of the signal in dBm.'],
  ['retries', 'transmit_retries_total', 'counter', 'Transmissions tried again.'],
  ['failed', 'transmit_failed_total', 'counter', 'Transmissions that failed.'],
  ['beaconLoss', 'beacon_loss_total', 'counter', 'Times that beacons were missed.'],
] as const;

/** Wireless interfaces and their stations, asked of the kernel (nl80211) by netlink through the optional package koffi. */
export const wifi = defineCollector({
  name: 'wifi',
  help: 'wireless interfaces and stations',
  flags: { [FIXTURES]: stringFlag({ help: 'Folder with interfaces.json and more to show instead of the host, for tests.' }) },
  start: (values) => {
    const folder = values[FIXTURES].replace(/\/+$/, '');
    let native: Native | undefined;
    return async (host, sink, deadline) => {
      if (folder !== '') return write(sink, await readFixture(host.helper, folder, deadline.remaining()));
      native ??= await host.native();
      write(sink, readWifi(native));
    };
  },
});

function write(sink: Sink, interfaces: readonly WifiInterface[]): void {
  for (const { name: device, frequency, network, stations } of interfaces) {
    sink
      .gauge('node_wifi_interface_frequency_hertz', 'Frequency that the interface is tuned to.')
      .add(frequency * 1e6, labelText({ device }));
    if (network !== undefined) {
      const { ssid, bssid, mode } = network;
      sink.gauge('node_wifi_station_info', 'The network of the interface; always 1.').add(1, labelText({ device, bssid, ssid, mode }));
    }
    for (const station of stations) {
      const labels = labelText({ device, mac_address: station.address });
      for (const [field, metric, type, help] of STATION_FAMILIES)
        sink.family(`node_wifi_station_${metric}`, help, type).add(station[field], labels);
    }
  }
}

async function readFixture(helper: Helper, folder: string, timeout: number): Promise<WifiInterface[]> {
  const read = async (path: string) => (await helper.read(`${folder}/${path}`, timeout)).text;
  const tryRead = (path: string) => read(path).catch(() => undefined);
  return Promise.all(
    parseInterfaces(await read('interfaces.json')).map(async ({ name, frequency }) => {
      const [bss, stations] = await Promise.all([tryRead(`${name}/bss.json`), tryRead(`${name}/stationinfo.json`)]);
      return {
        name,
        frequency,
        network: bss === undefined ? undefined : parseBss(bss),
        stations: stations === undefined ? [] : parseStations(stations),
      };
    }),
  );
}
