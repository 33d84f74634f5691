import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag, stringFlag } from '@presage/service/flags.ts';
import type { Host } from '../host/host.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';
import { writeCpuInfo } from './cpu-info.ts';
import { pattern } from './device-filter.ts';

const GUEST = 'collector.cpu.guest';
const INFO = 'collector.cpu.info';
const FLAGS_INCLUDE = 'collector.cpu.info.flags-include';
const BUGS_INCLUDE = 'collector.cpu.info.bugs-include';

/** Seconds of each CPU in each mode, with its description, throttling and isolation. */
export const cpu = defineCollector({
  name: 'cpu',
  help: 'CPU statistics',
  flags: {
    [GUEST]: booleanFlag({ help: 'Show node_cpu_guest_seconds_total.', default: true }),
    [INFO]: booleanFlag({ help: 'Show node_cpu_info.' }),
    [FLAGS_INCLUDE]: stringFlag({ help: 'Regexp of the CPU flags to show as node_cpu_flag_info; switches node_cpu_info on.' }),
    [BUGS_INCLUDE]: stringFlag({ help: 'Regexp of the CPU bugs to show as node_cpu_bug_info; switches node_cpu_info on.' }),
  },
  start: (values) => {
    const [flags, bugs] = [values[FLAGS_INCLUDE], values[BUGS_INCLUDE]];
    const info = {
      flags: flags === '' ? undefined : pattern(FLAGS_INCLUDE, flags),
      bugs: bugs === '' ? undefined : pattern(BUGS_INCLUDE, bugs),
    };
    const withInfo = values[INFO] || flags !== '' || bugs !== '';
    const counters = new Map<string, CpuTimes>();
    return (host, sink) => {
      if (withInfo) writeCpuInfo(host.proc.read('cpuinfo'), info, sink);
      writeTimes(host.proc.read('stat'), counters, values[GUEST], sink);
      writeIsolated(host, sink);
      writeTopology(host, sink);
    };
  },
});

/** Clock ticks a second in /proc/stat: USER_HZ, 100 on every architecture Node runs on. */
const TICKS = 100;
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const GUEST_MODES = ['user', 'nice'] as const;
const IDLE = 3;
/** An idle counter that jumps back further than this many seconds means that the CPU was unplugged and is new. */
const JUMP_BACK = 3;

/** Seconds in /proc/stat's order: the eight modes, then guest and guest_nice. */
export interface CpuTimes {
  readonly seconds: Float64Array;
  /** Label texts of the modes and of the guest modes, made once. */
  readonly labels: readonly string[];
  readonly guestLabels: readonly string[];
}

function writeTimes(text: string, counters: Map<string, CpuTimes>, guest: boolean, sink: Sink): void {
  const cpus = parseCpuTimes(text, counters);
  const seconds = sink.counter('node_cpu_seconds_total', 'CPU time of each mode, in seconds.');
  const guests = sink.counter('node_cpu_guest_seconds_total', 'CPU time given to virtual machines, in seconds; part of user and nice.');
  for (const times of cpus) {
    for (let mode = 0; mode < MODES.length; mode += 1) seconds.add(times.seconds[mode], times.labels[mode]);
    if (!guest) continue;
    for (let mode = 0; mode < GUEST_MODES.length; mode += 1) guests.add(times.seconds[MODES.length + mode], times.guestLabels[mode]);
  }
}

/**
 * The times of each CPU of /proc/stat, kept in `counters` between scrapes: the kernel lets idle and iowait fall by a tick now and
 * then, which would look like a reset to Prometheus, so a value that falls is held; a CPU whose idle time falls by seconds is new.
 */
export function parseCpuTimes(text: string, counters: Map<string, CpuTimes>): CpuTimes[] {
  const found: CpuTimes[] = [];
  let at = text.indexOf('\ncpu');
  while (at >= 0) {
    const end = text.indexOf('\n', at + 1);
    const fields = text.slice(at + 4, end < 0 ? undefined : end).split(' ');
    const number = fields[0];
    const times = counters.get(number) ?? begin(number, counters);
    hold(times.seconds, fields);
    found.push(times);
    at = end >= 0 && text.startsWith('\ncpu', end) ? end : -1;
  }
  return found;
}

function begin(number: string, counters: Map<string, CpuTimes>): CpuTimes {
  const times = {
    seconds: new Float64Array(MODES.length + GUEST_MODES.length),
    labels: MODES.map((mode) => labelText({ cpu: number, mode })),
    guestLabels: GUEST_MODES.map((mode) => labelText({ cpu: number, mode })),
  };
  counters.set(number, times);
  return times;
}

/** Old kernels write fewer fields; those missing count 0. */
function hold(seconds: Float64Array, fields: readonly string[]): void {
  const value = (index: number) => Number(fields[index + 1] ?? 0) / TICKS;
  if (seconds[IDLE] - value(IDLE) >= JUMP_BACK) seconds.fill(0);
  for (let index = 0; index < seconds.length; index += 1) seconds[index] = Math.max(seconds[index], value(index));
}

function writeIsolated(host: Host, sink: Sink): void {
  const text = host.sys.tryRead('devices/system/cpu/isolated');
  if (text === undefined) return;
  const family = sink.gauge('node_cpu_isolated', '1 where the scheduler leaves the CPU alone (isolcpus).');
  for (const cpu of parseCpuList(text)) family.add(1, labelText({ cpu: String(cpu) }));
}

/** The CPUs of a list such as `0,2-4` (cpuset(7), List Format); none for an empty one. Throws on another form. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (match === null) throw new Error(`cpu list: got ${JSON.stringify(part)}, want numbers and ranges`);
    for (let cpu = Number(match[1]); cpu <= Number(match[2] ?? match[1]); cpu += 1) cpus.push(cpu);
  }
  return cpus;
}

/** Throttle counters once per core and per package, and which CPUs are online, where the kernel lets them be switched off. */
function writeTopology(host: Host, sink: Sink): void {
  const cores = sink.counter('node_cpu_core_throttles_total', 'How often the core was slowed down for heat.');
  const packages = sink.counter('node_cpu_package_throttles_total', 'How often the package was slowed down for heat.');
  const online = sink.gauge('node_cpu_online', '1 where the CPU is online.');
  const seen = new Set<string>();
  for (const folder of host.sys.list('devices/system/cpu')) {
    if (!/^cpu\d+$/.test(folder)) continue;
    const path = `devices/system/cpu/${folder}`;
    const isOnline = host.sys.tryNumber(`${path}/online`);
    if (isOnline !== undefined) online.add(isOnline, labelText({ cpu: folder.slice(3) }));
    const packageId = host.sys.tryNumber(`${path}/topology/physical_package_id`);
    const coreId = host.sys.tryNumber(`${path}/topology/core_id`);
    if (packageId === undefined || coreId === undefined) continue;
    const core = labelText({ core: String(coreId), package: String(packageId) });
    const whole = labelText({ package: String(packageId) });
    const coreCount = seen.has(core) ? undefined : host.sys.tryNumber(`${path}/thermal_throttle/core_throttle_count`);
    const packageCount = seen.has(whole) ? undefined : host.sys.tryNumber(`${path}/thermal_throttle/package_throttle_count`);
    if (coreCount !== undefined) cores.add(coreCount, core);
    if (packageCount !== undefined) packages.add(packageCount, whole);
    if (coreCount !== undefined) seen.add(core);
    if (packageCount !== undefined) seen.add(whole);
  }
}
