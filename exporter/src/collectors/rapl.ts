import { labelText } from '@presage/service/exposition.ts';
import { booleanFlag } from '@presage/service/flags.ts';
import { defineCollector, NoData } from './collector.ts';

const ZONE_LABEL = 'collector.rapl.enable-zone-label';
const MICROJOULES = 1e-6;

/** Energy used by the processor's power zones (kernel docs, power/powercap/powercap.rst); since 2020 the counters are for root alone. */
export const rapl = defineCollector({
  name: 'rapl',
  help: 'energy used, by power zone',
  flags: { [ZONE_LABEL]: booleanFlag({ help: 'One family with the label rapl_zone instead of a family for each zone.' }) },
  start: (values) => (host, sink) => {
    const indexes = zoneIndexes();
    let zones = 0;
    for (const folder of host.sys.list('class/powercap')) {
      const text = host.sys.tryRead(`class/powercap/${folder}/name`)?.trim();
      if (text === undefined || text === '') continue;
      zones += 1;
      const { zone, index } = indexes(text);
      // A counter that may not be read ends the collector, as no zone of this host can be read then.
      const energy = energyOf(host.sys.read(`class/powercap/${folder}/energy_uj`));
      const path = host.sys.path(`class/powercap/${folder}`);
      if (values[ZONE_LABEL]) {
        const labels = labelText({ index, path, rapl_zone: zone });
        sink.counter('node_rapl_joules_total', 'Energy that the power zone has used, in joules.').add(energy, labels);
      } else {
        const name = `node_rapl_${zone.replaceAll(/[^a-zA-Z0-9_]/g, '_')}_joules_total`;
        sink.counter(name, `Energy used by the power zone ${zone} in joules.`).add(energy, labelText({ index, path }));
      }
    }
    if (zones === 0 && !host.sys.exists('class/powercap')) throw new NoData('class/powercap: not found');
  },
});

function energyOf(text: string): number {
  const microjoules = Number(text);
  if (text.trim() === '' || Number.isNaN(microjoules)) throw new Error(`energy_uj: got ${JSON.stringify(text)}, want a number`);
  return microjoules * MICROJOULES;
}

/** Tells zone and index of a name: `package-1` carries its index, `core` and others are counted as they come. */
export function zoneIndexes(): (text: string) => { readonly zone: string; readonly index: string } {
  const counts = new Map<string, number>();
  return (text) => {
    const match = /^(.+)-(\d+)$/.exec(text);
    if (match !== null) return { zone: match[1], index: match[2] };
    const count = counts.get(text) ?? 0;
    counts.set(text, count + 1);
    return { zone: text, index: String(count) };
  };
}
