import { jsonFields, jsonList } from './json-fields.ts';
import type { WifiNetwork, WifiStation } from './wifi.ts';

/** States of a network in which this host may be, by their numbers (include/uapi/linux/nl80211.h, enum nl80211_bss_status). */
export const BSS_MODES: readonly string[] = ['unknown', 'client', 'ad-hoc'];

/** Reads interfaces.json of node_exporter's test form: names, and frequencies in MHz. Interfaces without a name are passed over. */
export function parseInterfaces(text: string): { readonly name: string; readonly frequency: number }[] {
  return jsonList(text)
    .map((fields) => ({ name: fields.text('name'), frequency: fields.number('frequency') }))
    .filter(({ name }) => name !== '');
}

/** Reads bss.json: the network with its id in base64. */
export function parseBss(text: string): WifiNetwork {
  const fields = jsonFields(text);
  return {
    ssid: fields.text('ssid'),
    bssid: hardwareAddress(Buffer.from(fields.text('bssid'), 'base64')),
    mode: BSS_MODES[fields.number('status')] ?? 'unknown',
  };
}

/** Reads stationinfo.json: addresses in base64, times in nanoseconds. */
export function parseStations(text: string): WifiStation[] {
  return jsonList(text).map((fields) => ({
    address: hardwareAddress(Buffer.from(fields.text('hardwareaddr'), 'base64')),
    connected: fields.number('connected') / 1e9,
    inactive: fields.number('inactive') / 1e9,
    receiveRate: fields.number('receivebitrate'),
    transmitRate: fields.number('transmitbitrate'),
    receivedBytes: fields.number('receivedbytes'),
    transmittedBytes: fields.number('transmittedbytes'),
    receivedPackets: fields.number('receivedpackets'),
    transmittedPackets: fields.number('transmittedpackets'),
    signal: fields.number('signal'),
    retries: fields.number('transmitretries'),
    failed: fields.number('transmitfailed'),
    beaconLoss: fields.number('beaconloss'),
  }));
}

/** Bytes as `00:11:22:33:44:55`. */
export function hardwareAddress(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
