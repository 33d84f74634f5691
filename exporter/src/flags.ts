import { booleanFlag, choiceFlag, durationFlag, intFlag, stringFlag, type Flag, type FlagSchema } from '@presage/service/flags.ts';
import { LOG_FORMATS, LOG_LEVELS } from '@presage/service/log.ts';
import { webFlags } from '@presage/service/web.ts';
import type { PlatformCollectors } from './collectors/platforms.ts';

/** The exporter's own flags; those of the collectors come from `collectorFlags`. */
export const exporterFlags = {
  ...webFlags(':9100'),
  'config.file': stringFlag({
    help: 'A YAML file that says what flags say, and may hold probe modules and static probes. Flags go before it.',
  }),
  'probe.config.file': stringFlag({
    help: "Modules of /probe, in the form of blackbox_exporter's blackbox.yml, and static probes. Taken anew when it changes.",
  }),
  'web.telemetry-path': stringFlag({
    help: 'Path of the metrics.',
    default: '/metrics',
    check: (path) => (/^\/[\w\-./~]*$/.test(path) && path !== '/' ? undefined : 'a path such as /metrics'),
  }),
  'web.max-requests': intFlag({ help: 'Most scrapes served at a time; 0 is no limit.', default: 40, min: 0 }),
  'web.disable-exporter-metrics': booleanFlag({ help: 'Leave out the metrics of the exporter itself (process_*, nodejs_*, promhttp_*).' }),
  'path.procfs': stringFlag({ help: 'Where procfs is mounted.', default: '/proc' }),
  'path.sysfs': stringFlag({ help: 'Where sysfs is mounted.', default: '/sys' }),
  'path.rootfs': stringFlag({ help: "Where the host's root file system is mounted.", default: '/' }),
  'path.udev.data': stringFlag({ help: "Where udev's database is.", default: '/run/udev/data' }),
  'collector.disable-defaults': booleanFlag({ help: 'Run only the collectors that are switched on by a flag of their own.' }),
  'collector.timeout': durationFlag({
    help: 'Longest time for the collectors of one scrape; the scrape timeout that Prometheus sends shortens it.',
    default: 8,
    check: (seconds) => (seconds > 0 ? undefined : 'more than 0'),
  }),
  'collector.sample-interval': durationFlag({
    help: 'On macOS and Windows: time between two samples of what takes too long to ask in a scrape. A sample is shown for four such times, and for a minute at least.',
    default: 15,
    check: (seconds) => (seconds >= 1 ? undefined : 'at least 1s'),
  }),
  'log.level': choiceFlag(LOG_LEVELS, { help: 'Lowest level that is logged.', default: 'info' }),
  'log.format': choiceFlag(LOG_FORMATS, { help: 'Form of the log lines.', default: 'logfmt' }),
} as const;

/** Whether a collector is on or off; undefined where the command line leaves it to the default. */
export type Switch = boolean | undefined;

/** A group for each collector of this system and of others: its switch and its own flags. */
export function collectorFlags({ system, listed, elsewhere }: PlatformCollectors): FlagSchema {
  const here = listed.map(({ collector, on }) => ({ collector, flag: switchFlag(`Collect ${collector.help}.`, on) }));
  const others = elsewhere.map(({ collector }) => ({ collector, flag: switchFlag(`Not on ${system}.`, false) }));
  return Object.fromEntries(
    [...here, ...others].map(({ collector, flag }) => [collector.name, { [switchName(collector.name)]: flag, ...collector.flags }]),
  );
}

export const switchName = (collector: string): string => `collector.${collector}`;

/** A switch that knows whether it was given, for --collector.disable-defaults. Shows its usual position in --help. */
function switchFlag(help: string, on: boolean): Flag<Switch> {
  return { ...booleanFlag({ help: `${help} On by default: ${on ? 'yes' : 'no'}.`, default: on }), default: undefined };
}
