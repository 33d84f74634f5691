import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import { defineCollector, NoData } from './collector.ts';
import { supplyFilter, supplyFlags } from './powersupply-flags.ts';

/** Files that are named otherwise in the metrics; the others are named as their metric. */
const RENAMED: Readonly<Record<string, string>> = {
  cycle_count: 'cyclecount',
  time_to_empty_now: 'time_to_empty_seconds',
  time_to_full_now: 'time_to_full_seconds',
  current_now: 'current_ampere',
  energy_now: 'energy_watthour',
  voltage_now: 'voltage_volt',
  charge_now: 'charge_ampere',
  power_now: 'power_watt',
};

/** Files by the unit that the kernel counts in (kernel docs, ABI/testing/sysfs-class-power). */
const PLAIN =
  'authentic calibrate capacity capacity_alert_max capacity_alert_min cycle_count online present time_to_empty_now time_to_full_now';
const MILLIONTHS =
  'current_boot current_max current_now energy_empty energy_empty_design energy_full energy_full_design energy_now voltage_boot voltage_max voltage_max_design voltage_min voltage_min_design voltage_now voltage_ocv charge_control_limit charge_control_limit_max charge_counter charge_empty charge_empty_design charge_full charge_full_design charge_now charge_term_current constant_charge_current constant_charge_current_max constant_charge_voltage constant_charge_voltage_max precharge_current input_current_limit power_now';
const TENTHS = 'temp temp_alert_max temp_alert_min temp_ambient temp_ambient_max temp_ambient_min temp_max temp_min';

const FILES = new Map(
  [
    ...PLAIN.split(' ').map((file) => ({ file, metric: RENAMED[file] ?? file, unit: 1 })),
    ...MILLIONTHS.split(' ').map((file) => ({ file, metric: RENAMED[file] ?? file, unit: 1e6 })),
    ...TENTHS.split(' ').map((file) => ({ file, metric: `${file}_celsius`, unit: 10 })),
  ].map(({ file, metric, unit }) => [
    file,
    { name: `node_power_supply_${metric}`, help: `Power supply: ${metric.replaceAll('_', ' ')}.`, unit },
  ]),
);

/** Files that are text and become labels of node_power_supply_info; an absent one is no label. */
const TEXTS = 'capacity_level charge_type health manufacturer model_name serial_number status technology type usb_type scope'.split(' ');

/** Batteries and mains. */
export const powersupplyclass = defineCollector({
  name: 'powersupplyclass',
  help: 'power supplies',
  flags: supplyFlags,
  start: (values) => {
    const shown = supplyFilter(values);
    return (host, sink) => {
      const supplies = host.sys.list('class/power_supply').filter(shown);
      if (supplies.length === 0 && !host.sys.exists('class/power_supply')) throw new NoData('class/power_supply: not found');
      for (const supply of supplies) {
        const labels = labelText({ power_supply: supply });
        const folder = `class/power_supply/${supply}`;
        for (const file of host.sys.list(folder)) {
          const family = FILES.get(file);
          const value = family === undefined ? undefined : host.sys.tryNumber(`${folder}/${file}`);
          if (family !== undefined && value !== undefined) sink.gauge(family.name, family.help).add(value / family.unit, labels);
        }
        sink.gauge('node_power_supply_info', 'What the power supply is; always 1.').add(1, infoLabels(host, supply));
      }
    };
  },
});

function infoLabels(host: Host, supply: string): string {
  const labels: Record<string, string> = { power_supply: supply };
  for (const file of TEXTS) {
    const text = host.sys.tryRead(`class/power_supply/${supply}/${file}`)?.trim() ?? '';
    // Batteries say nonsense at times; a run of bytes that are no text is one sign, as in node_exporter.
    if (text !== '') labels[file] = text.replaceAll(/\uFFFD+/g, '\uFFFD');
  }
  return labelText(labels);
}
