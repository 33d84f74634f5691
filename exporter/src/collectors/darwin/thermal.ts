import { textOf } from '../../sampler/fields.ts';
import { defineCollector, NoData } from '../collector.ts';

/** Limits that macOS puts on the CPUs for heat, from pmset(1). Apple's own processors tell none. */
export const thermal = defineCollector({
  name: 'thermal',
  help: 'limits of the CPUs for heat',
  sources: ['pmset'],
  start: () => (host, sink) => {
    const limits = parseTherm(textOf('pmset', host.samples.latest('pmset')));
    if (limits.size === 0) throw new NoData('pmset: no limit was ever recorded');
    for (const { key, name, unit, help } of FAMILIES) {
      const value = limits.get(key);
      if (value !== undefined) sink.gauge(`node_thermal_${name}`, help).add(value / unit);
    }
  },
});

const FAMILIES = [
  {
    key: 'CPU_Scheduler_Limit',
    name: 'cpu_scheduler_limit_ratio',
    unit: 100,
    help: 'Share of the CPU time that may be used; 1 is all of it.',
  },
  { key: 'CPU_Available_CPUs', name: 'cpu_available_cpu', unit: 1, help: 'CPUs that may be used.' },
  {
    key: 'CPU_Speed_Limit',
    name: 'cpu_speed_limit_ratio',
    unit: 100,
    help: 'Share of the highest CPU speed that is allowed; 1 is all of it.',
  },
] as const;

/** The lines `NAME = NUMBER` of `pmset -g therm`. */
export function parseTherm(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^\s*(CPU_\w+)\s*=\s*(\d+)\s*$/gm)].map(([, key, value]) => [key, Number(value)]));
}
