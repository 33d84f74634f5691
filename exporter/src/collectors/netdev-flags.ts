import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { deviceFilter, type DeviceFilter } from './device-filter.ts';
import { addressInfo } from './netdev-addresses.ts';

const INCLUDE = 'collector.netdev.device-include';
const EXCLUDE = 'collector.netdev.device-exclude';
const ADDRESSES = 'collector.netdev.address-info';

/** The flags of the collector netdev that every system has. */
export const netdevFlags = {
  [INCLUDE]: stringFlag({ help: 'Regexp of the interfaces to show; not together with device-exclude.' }),
  [EXCLUDE]: stringFlag({ help: 'Regexp of the interfaces to leave out; not together with device-include.' }),
  [ADDRESSES]: booleanFlag({ help: 'Show the addresses of the interfaces.' }),
};

/** Their values. */
export interface NetdevValues {
  readonly [INCLUDE]: string;
  readonly [EXCLUDE]: string;
  readonly [ADDRESSES]: boolean;
}

/** Whether an interface is shown. Throws UsageError for what the flags cannot mean. */
export function interfaceFilter(values: NetdevValues): DeviceFilter {
  return deviceFilter({ include: [INCLUDE, values[INCLUDE]], exclude: [EXCLUDE, values[EXCLUDE]] });
}

/** Writes the addresses of the interfaces shown, where the flags ask for them. */
export function writeAddresses(host: Host, sink: Sink, shown: DeviceFilter, values: NetdevValues): void {
  if (!values[ADDRESSES]) return;
  const family = sink.gauge('node_network_address_info', 'An address of the interface; always 1.');
  for (const { device, address, netmask, scope } of addressInfo(host.addresses()))
    if (shown(device)) family.add(1, labelText({ device, address, netmask, scope }));
}
