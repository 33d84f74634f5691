import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** The host's clock, its zone and its clock sources. */
export const time = defineCollector({
  name: 'time',
  help: 'the current system time',
  start: () => (host, sink) => {
    const now = host.now();
    sink.gauge('node_time_seconds', 'System time in seconds since epoch (1970).').add(now);
    const zone = zoneAt(new Date(now * 1000));
    sink
      .gauge('node_time_zone_offset_seconds', 'System time zone offset in seconds.')
      .add(zone.offset, labelText({ time_zone: zone.name }));
    const available = sink.gauge(
      'node_time_clocksource_available_info',
      "Available clocksources read from '/sys/devices/system/clocksource'.",
    );
    const current = sink.gauge('node_time_clocksource_current_info', "Current clocksource read from '/sys/devices/system/clocksource'.");
    for (const folder of host.sys.list('devices/system/clocksource')) {
      const device = /^clocksource(\d+)$/.exec(folder)?.[1];
      if (device === undefined) continue;
      const path = `devices/system/clocksource/${folder}`;
      for (const clocksource of words(host.sys.tryRead(`${path}/available_clocksource`)))
        available.add(1, labelText({ clocksource, device }));
      for (const clocksource of words(host.sys.tryRead(`${path}/current_clocksource`))) current.add(1, labelText({ clocksource, device }));
    }
  },
});

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

const zones = new Map<number, string>();

/**
 * The zone's short name as C libraries write it (UTC, CET) and its offset east of Greenwich in seconds. Names are looked up once an
 * hour of the clock, because Intl takes 50 µs.
 */
export function zoneAt(date: Date): { readonly name: string; readonly offset: number } {
  const offset = -60 * date.getTimezoneOffset() || 0;
  const hour = Math.floor(date.getTime() / 3_600_000);
  let name = zones.get(hour);
  if (name === undefined) {
    zones.clear();
    const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
    name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
    zones.set(hour, name);
  }
  return { name, offset };
}
