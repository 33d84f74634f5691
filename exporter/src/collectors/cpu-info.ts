import { labelText } from '@presage/service/exposition.ts';
import type { Sink } from '../scrape/sink.ts';

/** Which words of the fields `flags` and `bugs` to show; undefined for none. */
export interface CpuInfoPatterns {
  readonly flags: RegExp | undefined;
  readonly bugs: RegExp | undefined;
}

/** Writes node_cpu_info for each CPU, and the chosen flags and bugs of the first. */
export function writeCpuInfo(text: string, patterns: CpuInfoPatterns, sink: Sink): void {
  const cpus = parseCpuinfo(text);
  const info = sink.gauge('node_cpu_info', 'What /proc/cpuinfo says of the CPU; always 1.');
  for (const cpu of cpus) info.add(1, labelText(cpu.labels));
  writeFrequencies(cpus, sink);
  const flags = sink.gauge('node_cpu_flag_info', 'A flag of the first CPU in /proc/cpuinfo; always 1.');
  const bugs = sink.gauge('node_cpu_bug_info', 'A known bug of the first CPU in /proc/cpuinfo; always 1.');
  for (const flag of cpus[0]?.flags ?? []) if (patterns.flags?.test(flag)) flags.add(1, labelText({ flag }));
  for (const bug of cpus[0]?.bugs ?? []) if (patterns.bugs?.test(bug)) bugs.add(1, labelText({ bug }));
}

/** Other architectures than x86 write no frequency here. */
function writeFrequencies(cpus: readonly CpuDescription[], sink: Sink): void {
  const family = sink.gauge('node_cpu_frequency_hertz', 'Clock of the CPU as /proc/cpuinfo gives it, in hertz.');
  for (const { labels, hertz } of cpus)
    if (hertz !== undefined) family.add(hertz, labelText({ package: labels['package'], core: labels['core'], cpu: labels['cpu'] }));
}

/** One CPU of /proc/cpuinfo: its labels under node_exporter's names, its flags and bugs. */
export interface CpuDescription {
  readonly labels: Readonly<Record<string, string>>;
  readonly hertz: number | undefined;
  readonly flags: readonly string[];
  readonly bugs: readonly string[];
}

/** The CPUs of /proc/cpuinfo as x86 kernels write it; a field that another architecture lacks is empty. */
export function parseCpuinfo(text: string): CpuDescription[] {
  const cpus: CpuDescription[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    }
    const processor = fields.get('processor');
    if (processor === undefined || !/^\d+$/.test(processor)) continue;
    const field = (name: string) => fields.get(name) ?? '';
    const words = (name: string) =>
      field(name)
        .split(' ')
        .filter((word) => word !== '');
    cpus.push({
      labels: {
        package: field('physical id'),
        core: field('core id'),
        cpu: processor,
        vendor: field('vendor_id'),
        family: field('cpu family'),
        model: field('model'),
        model_name: field('model name'),
        microcode: field('microcode'),
        stepping: field('stepping'),
        cachesize: field('cache size'),
      },
      hertz: field('cpu MHz') === '' ? undefined : Math.round(Number(field('cpu MHz')) * 1e6),
      flags: words('flags'),
      bugs: words('bugs'),
    });
  }
  return cpus;
}
