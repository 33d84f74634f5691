import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import type { Sink } from '../scrape/sink.ts';
import { defineCollector } from './collector.ts';

const HERTZ = [
  ['cpuinfo_cur_freq', 'node_cpu_frequency_hertz', 'Frequency that the hardware runs at, in hertz.'],
  ['cpuinfo_min_freq', 'node_cpu_frequency_min_hertz', 'Lowest frequency that the hardware can run at, in hertz.'],
  ['cpuinfo_max_freq', 'node_cpu_frequency_max_hertz', 'Highest frequency that the hardware can run at, in hertz.'],
  ['scaling_cur_freq', 'node_cpu_scaling_frequency_hertz', 'Frequency that the governor has set now, in hertz.'],
  ['scaling_min_freq', 'node_cpu_scaling_frequency_min_hertz', 'Lowest frequency that the governor may set, in hertz.'],
  ['scaling_max_freq', 'node_cpu_scaling_frequency_max_hertz', 'Highest frequency that the governor may set, in hertz.'],
] as const;

/** Frequencies of each CPU from sysfs, which keeps them in kHz (kernel docs, admin-guide/pm/cpufreq.rst). */
export const cpufreq = defineCollector({
  name: 'cpufreq',
  help: 'CPU frequencies',
  start: () => {
    const known = new Map<string, string>();
    return (host, sink) => {
      for (const folder of host.sys.list('devices/system/cpu')) {
        const path = `devices/system/cpu/${folder}/cpufreq`;
        if (/^cpu\d+$/.test(folder) && host.sys.exists(path)) writeCpu(host.sys, sink, path, folder.slice(3), known);
      }
    };
  },
});

function writeCpu(sys: Tree, sink: Sink, path: string, cpu: string, known: Map<string, string>): void {
  const labels = known.get(cpu) ?? labelText({ cpu });
  known.set(cpu, labels);
  for (const [file, name, help] of HERTZ) {
    const kilohertz = sys.tryNumber(`${path}/${file}`);
    if (kilohertz !== undefined) sink.gauge(name, help).add(kilohertz * 1000, labels);
  }
  writeGovernors(sys, sink, path, cpu);
}

function writeGovernors(sys: Tree, sink: Sink, path: string, cpu: string): void {
  const current = sys.tryRead(`${path}/scaling_governor`)?.trim() ?? '';
  if (current === '') return;
  const family = sink.gauge('node_cpu_scaling_governor', '1 for the governor that sets the frequency.');
  const available = (sys.tryRead(`${path}/scaling_available_governors`) ?? '').trim().split(/\s+/);
  for (const governor of available) if (governor !== '') family.add(governor === current ? 1 : 0, labelText({ cpu, governor }));
}
