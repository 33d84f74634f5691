import { labelText } from '@presage/service/exposition.ts';
import { defineCollector, NoData } from './collector.ts';

const FIELDS = [
  'bios_date',
  'bios_release',
  'bios_vendor',
  'bios_version',
  'board_asset_tag',
  'board_name',
  'board_serial',
  'board_vendor',
  'board_version',
  'chassis_asset_tag',
  'chassis_serial',
  'chassis_vendor',
  'chassis_version',
  'product_family',
  'product_name',
  'product_serial',
  'product_sku',
  'product_uuid',
  'product_version',
] as const;

/** What the firmware says of the machine. It does not change while the machine runs, so it is read once. */
export const dmi = defineCollector({
  name: 'dmi',
  help: 'DMI information of the firmware',
  start: () => {
    let labels: string | undefined;
    return (host, sink) => {
      labels ??= describe((field) => host.sys.tryRead(`class/dmi/id/${field}`));
      if (labels === '') throw new NoData('dmi: nothing in class/dmi/id');
      sink.gauge('node_dmi_info', 'What the firmware says of the machine; always 1.').add(1, labels);
    };
  },
});

/** The labels of the fields that can be read; serial numbers need root. Bytes that are no UTF-8 are U+FFFD as in node_exporter. */
export function describe(read: (field: string) => string | undefined): string {
  const labels: Record<string, string> = {};
  for (const field of FIELDS) {
    const text = read(field);
    if (text !== undefined) labels[field] = text.trim();
  }
  const vendor = read('sys_vendor');
  if (vendor !== undefined) labels['system_vendor'] = vendor.trim();
  return labelText(labels);
}
