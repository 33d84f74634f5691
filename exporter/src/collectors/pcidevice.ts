import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector, NoData } from './collector.ts';
import { pciNames, type PciNames } from './pci-ids.ts';

const IDS_FILE = 'collector.pcidevice.idsfile';
const NAMES = 'collector.pcidevice.names';
const USUAL_FILES = ['usr/share/misc/pci.ids', 'usr/share/hwdata/pci.ids'];
const GIGA = 1e9;

/** Numbers of a device: file, metric, value where the file is absent, help. */
const NUMBERS = [
  ['max_link_width', 'max_link_width', -1, 'Most lanes of the link.'],
  ['current_link_width', 'current_link_width', -1, 'Lanes of the link in use.'],
  ['d3cold_allowed', 'd3cold_allowed', 0, 'Whether the device may go to D3cold.'],
  ['sriov_drivers_autoprobe', 'sriov_drivers_autoprobe', 0, 'Whether drivers are bound to virtual functions.'],
  ['sriov_numvfs', 'sriov_numvfs', 0, 'Virtual functions in use.'],
  ['sriov_totalvfs', 'sriov_totalvfs', 0, 'Virtual functions that the device has.'],
  ['sriov_vf_total_msix', 'sriov_vf_total_msix', 0, 'MSI-X vectors for virtual functions.'],
] as const;

const POWER_STATES = ['D0', 'D1', 'D2', 'D3hot', 'D3cold', 'unknown', 'error'] as const;

/** Devices on the PCI bus (kernel docs, ABI/testing/sysfs-bus-pci). */
export const pcidevice = defineCollector({
  name: 'pcidevice',
  help: 'PCI devices',
  flags: {
    [IDS_FILE]: stringFlag({ help: 'File pci.ids to take names from, within --path.rootfs; by default where distributions keep it.' }),
    [NAMES]: booleanFlag({ help: 'Add the names of vendors, devices and classes from pci.ids.' }),
  },
  start: (values, log) => {
    let names: PciNames | undefined;
    return (host, sink) => {
      if (values[NAMES] && names === undefined) {
        const files = values[IDS_FILE] === '' ? USUAL_FILES : [values[IDS_FILE].replace(/^\//, '')];
        const text = files.map((file) => host.root.tryRead(file)).find((found) => found !== undefined);
        if (text === undefined) log.warn('no pci.ids: names stay empty', { files: files.join(' ') });
        names = pciNames(text ?? '');
      }
      const devices = host.sys.list('bus/pci/devices');
      if (devices.length === 0 && !host.sys.exists('bus/pci/devices')) throw new NoData('bus/pci/devices: not found');
      for (const device of devices) {
        const location = locationOf(device);
        if (location !== undefined) writeDevice(host, sink, `bus/pci/devices/${device}`, location, names);
      }
    };
  },
});

/** Where a device sits on the bus; each part as sysfs writes it. */
export interface PciLocation {
  readonly segment: string;
  readonly bus: string;
  readonly device: string;
  readonly function: string;
}

/** Reads `0000:03:00.1`; undefined for what is no location, as `pci0000:00`. */
export function locationOf(text: string): PciLocation | undefined {
  const match = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-9a-f])$/.exec(text);
  return match === null ? undefined : { segment: match[1], bus: match[2], device: match[3], function: match[4] };
}

const NOWHERE: PciLocation = { segment: '*', bus: '*', device: '*', function: '*' };

function writeDevice(host: Host, sink: Sink, folder: string, location: PciLocation, names: PciNames | undefined): void {
  const labels = labelText({ ...location });
  sink.gauge('node_pcidevice_info', 'What the PCI device is; always 1.').add(1, infoLabels(host, folder, location, names));
  for (const which of ['max', 'current'] as const) {
    const speed = parseSpeed(host.sys.tryRead(`${folder}/${which}_link_speed`) ?? '');
    sink.gauge(`node_pcidevice_${which}_link_transfers_per_second`, `Transfers a second of the link, ${which}.`).add(speed, labels);
  }
  for (const [file, metric, absent, help] of NUMBERS)
    sink.gauge(`node_pcidevice_${metric}`, help).add(host.sys.tryNumber(`${folder}/${file}`) ?? absent, labels);
  const node = host.sys.tryNumber(`${folder}/numa_node`) ?? -1;
  if (node !== -1) sink.gauge('node_pcidevice_numa_node', 'NUMA node of the device.').add(node, labels);
  const power = host.sys.tryRead(`${folder}/power_state`)?.trim();
  if (power === undefined) return;
  const states = sink.gauge('node_pcidevice_power_state', 'Power state of the device: 1 for the state it is in.');
  for (const state of POWER_STATES) states.add(state === power ? 1 : 0, labelText({ ...location, state }));
}

/** Transfers a second of `8.0 GT/s PCIe`; -1 where it is unknown. */
export function parseSpeed(text: string): number {
  const match = /^([\d.]+) GT\/s/.exec(text);
  return match === null ? -1 : Number(match[1]) * GIGA;
}

function infoLabels(host: Host, folder: string, location: PciLocation, names: PciNames | undefined): string {
  const id = (file: string, digits: number) => `0x${(host.sys.tryNumber(`${folder}/${file}`) ?? 0).toString(16).padStart(digits, '0')}`;
  // The link leads through the bridges that the device hangs on; the last but one is its parent.
  const parent = locationOf(host.sys.link(folder)?.split('/').at(-2) ?? '') ?? NOWHERE;
  const ids = {
    class_id: id('class', 6),
    vendor_id: id('vendor', 4),
    device_id: id('device', 4),
    subsystem_vendor_id: id('subsystem_vendor', 4),
    subsystem_device_id: id('subsystem_device', 4),
    revision: id('revision', 2),
  };
  return labelText({
    ...location,
    parent_segment: parent.segment,
    parent_bus: parent.bus,
    parent_device: parent.device,
    parent_function: parent.function,
    ...ids,
    ...(names === undefined ? {} : namesOf(names, ids)),
  });
}

type Ids = Readonly<Record<'class_id' | 'vendor_id' | 'device_id' | 'subsystem_vendor_id' | 'subsystem_device_id', string>>;

function namesOf(names: PciNames, ids: Ids): Readonly<Record<string, string>> {
  return {
    vendor_name: names.vendor(ids.vendor_id),
    device_name: names.device(ids.vendor_id, ids.device_id),
    subsystem_vendor_name: names.vendor(ids.subsystem_vendor_id),
    subsystem_device_name: names.subsystem(ids.vendor_id, ids.device_id, ids.subsystem_vendor_id, ids.subsystem_device_id),
    class_name: names.class(ids.class_id),
  };
}
