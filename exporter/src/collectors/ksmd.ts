import { defineCollector } from './collector.ts';

const GAUGES = ['merge_across_nodes', 'pages_shared', 'pages_sharing', 'pages_to_scan', 'pages_unshared', 'pages_volatile', 'run'] as const;

/** Kernel same-page merging (kernel docs, admin-guide/mm/ksm.rst). */
export const ksmd = defineCollector({
  name: 'ksmd',
  help: 'kernel same-page merging',
  start: () => (host, sink) => {
    const read = (file: string) => Number(host.sys.read(`kernel/mm/ksm/${file}`));
    sink.counter('node_ksmd_full_scans_total', "ksmd 'full_scans' file.").add(read('full_scans'));
    sink.gauge('node_ksmd_sleep_seconds', "ksmd 'sleep_millisecs' file.").add(read('sleep_millisecs') / 1000);
    for (const file of GAUGES) sink.gauge(`node_ksmd_${file}`, `ksmd '${file}' file.`).add(read(file));
    // Since Linux 6.4.
    const profit = host.sys.tryNumber('kernel/mm/ksm/general_profit');
    if (profit !== undefined) sink.gauge('node_ksmd_general_profit_bytes', "ksmd 'general_profit' file.").add(profit);
  },
});
