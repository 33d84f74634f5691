import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** The host's clock, its zone and its clock sources. */
export const time = defineCollector({
  name: 'time',
  help: 'the current system time',
  start: () => (host, sink) => {
    const now = host.now();
    sink.gauge('node_time_seconds', 'Clock of the host, in Unix seconds.').add(now);
    const zone = host.zone(new Date(now * 1000));
    sink
      .gauge('node_time_zone_offset_seconds', 'Offset of the local time zone from UTC, in seconds.')
      .add(zone.offset, labelText({ time_zone: zone.name }));
    const available = sink.gauge('node_time_clocksource_available_info', 'A clock that the kernel could use; always 1.');
    const current = sink.gauge('node_time_clocksource_current_info', 'The clock that the kernel uses; always 1.');
    for (const folder of host.sys.list('devices/system/clocksource')) {
      const device = /^clocksource(\d+)$/.exec(folder)?.[1];
      if (device === undefined) continue;
      const path = `devices/system/clocksource/${folder}`;
      for (const clocksource of parseClocksources(host.sys.tryRead(`${path}/available_clocksource`)))
        available.add(1, labelText({ clocksource, device }));
      for (const clocksource of parseClocksources(host.sys.tryRead(`${path}/current_clocksource`)))
        current.add(1, labelText({ clocksource, device }));
    }
  },
});

/** The names in a clocksource file; none where it is missing. */
export function parseClocksources(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
