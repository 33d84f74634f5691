import { labelText } from '@presage/service/exposition.ts';
import { countIn, fieldsOf, textIn } from '../../sampler/fields.ts';
import { defineCollector } from '../collector.ts';
import { supplyFilter, supplyFlags } from '../powersupply-flags.ts';

const BATTERY = 'battery';
const MAINS = 'mains';
const MILLIWATT_HOURS = 1000;

/** The battery and the mains, under the names of Linux; a machine without a battery shows nothing. */
export const powersupplyclass = defineCollector({
  name: 'powersupplyclass',
  help: 'power supplies',
  flags: supplyFlags,
  sources: ['battery'],
  start: (values) => {
    const shown = supplyFilter(values);
    return (host, sink) => {
      const battery = fieldsOf('battery', host.samples.latest('battery'));
      if (battery['hasBattery'] !== true) return;
      const gauge = (name: string, help: string, value: number | undefined, supply: string) => {
        if (value !== undefined && shown(supply))
          sink.gauge(`node_power_supply_${name}`, help).add(value, labelText({ power_supply: supply }));
      };
      const energy = battery['capacityUnit'] === 'mWh' ? countIn(battery, 'currentCapacity') : undefined;
      gauge('online', '1 where the supply gives power.', battery['acConnected'] === true ? 1 : 0, MAINS);
      gauge('present', '1 where the battery is there.', 1, BATTERY);
      gauge('capacity', 'Charge of the battery, in percent.', countIn(battery, 'percent'), BATTERY);
      gauge(
        'energy_watthour',
        'Charge of the battery, in watt-hours.',
        energy === undefined ? undefined : energy / MILLIWATT_HOURS,
        BATTERY,
      );
      if (!shown(BATTERY)) return;
      const status = battery['isCharging'] === true ? 'Charging' : battery['acConnected'] === true ? 'Not charging' : 'Discharging';
      const info = {
        power_supply: BATTERY,
        manufacturer: textIn(battery, 'manufacturer'),
        model_name: textIn(battery, 'model'),
        status,
        type: 'Battery',
      };
      sink.gauge('node_power_supply_info', 'What the power supply is; always 1.').add(1, labelText(info));
    };
  },
});
