import { labelText } from '@presage/service/exposition.ts';
import { countIn, fieldsOf, textIn, type Fields } from '../../sampler/fields.ts';
import type { Sink } from '../../scrape/sink.ts';
import { defineCollector } from '../collector.ts';
import { supplyFilter, supplyFlags } from '../powersupply-flags.ts';

/** As IOKit names the battery of a portable machine. */
const NAME = 'InternalBattery-0';
const MINUTES = 60;

/** The battery, from systeminformation; a machine without one shows nothing. */
export const powersupplyclass = defineCollector({
  name: 'powersupplyclass',
  help: 'power supplies',
  flags: supplyFlags,
  sources: ['battery'],
  start: (values) => {
    const shown = supplyFilter(values);
    return (host, sink) => {
      const battery = fieldsOf('battery', host.samples.latest('battery'));
      if (battery['hasBattery'] === true && shown(NAME)) writeBattery(sink, battery);
    };
  },
});

function writeBattery(sink: Sink, battery: Fields): void {
  const labels = labelText({ power_supply: NAME });
  const gauge = (name: string, help: string, value: number | undefined) => {
    if (value !== undefined) sink.gauge(`node_power_supply_${name}`, help).add(value, labels);
  };
  const [isCharging, onMains, percent] = [battery['isCharging'] === true, battery['acConnected'] === true, countIn(battery, 'percent')];
  const minutes = countIn(battery, 'timeRemaining');
  gauge('present', '1 where the battery is there.', 1);
  gauge('current_capacity', 'Charge of the battery, in percent of the greatest.', percent);
  gauge('max_capacity', 'Greatest charge of the battery, in percent of itself.', percent === undefined ? undefined : 100);
  gauge('charging', '1 where the battery is being charged.', isCharging ? 1 : 0);
  gauge('charged', '1 where the battery is full.', percent === 100 && onMains && !isCharging ? 1 : 0);
  gauge('voltage_volt', 'Voltage of the battery, in volts.', countIn(battery, 'voltage') || undefined);
  if (!onMains && minutes !== undefined && minutes > 0)
    gauge('time_to_empty_seconds', 'Time until the battery is empty, in seconds.', minutes * MINUTES);
  const state = sink.gauge('node_power_supply_power_source_state', '1 for where the power comes from.');
  for (const [name, holds] of [
    ['AC Power', onMains],
    ['Battery Power', !onMains],
    ['Off Line', false],
  ] as const)
    state.add(holds ? 1 : 0, labelText({ power_supply: NAME, state: name }));
  const info = { power_supply: NAME, serial_number: textIn(battery, 'serial'), transport_type: 'Internal', type: 'InternalBattery' };
  sink.gauge('node_power_supply_info', 'What the power supply is; always 1.').add(1, labelText(info));
}
