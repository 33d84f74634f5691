import { labelText } from '@presage/service/exposition.ts';
import type { Host } from '../host/host.ts';
import { defineCollector, NoData } from './collector.ts';

const MILLIDEGREES = 1e-3;
const ZONE = 'thermal_zone';
const COOLER = 'cooling_device';

/** Temperatures of thermal zones in °C and the state of cooling devices (kernel docs, driver-api/thermal/sysfs-api.rst). */
export const thermalZone = defineCollector({
  name: 'thermal_zone',
  help: 'thermal zones and cooling devices',
  start: () => (host, sink) => {
    const names = host.sys.list('class/thermal');
    if (names.length === 0 && !host.sys.exists('class/thermal')) throw new NoData('class/thermal: not found');
    for (const name of names) {
      const type = text(host, name, 'type');
      if (type === undefined) continue;
      if (name.startsWith(ZONE)) {
        const temperature = host.sys.tryNumber(`class/thermal/${name}/temp`);
        if (temperature === undefined) continue;
        const labels = labelText({ zone: name.slice(ZONE.length), type });
        sink.gauge('node_thermal_zone_temp', 'Temperature of the zone in degrees Celsius.').add(temperature * MILLIDEGREES, labels);
      } else if (name.startsWith(COOLER)) {
        const labels = labelText({ name: name.slice(COOLER.length), type });
        for (const which of ['cur', 'max'] as const) {
          const state = host.sys.tryNumber(`class/thermal/${name}/${which}_state`);
          if (state !== undefined)
            sink.gauge(`node_cooling_device_${which}_state`, `${HELP[which]} state of the cooling device.`).add(state, labels);
        }
      }
    }
  },
});

const HELP = { cur: 'Present', max: 'Strongest' } as const;

function text(host: Host, name: string, file: string): string | undefined {
  return host.sys.tryRead(`class/thermal/${name}/${file}`)?.trim();
}
