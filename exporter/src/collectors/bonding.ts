import { labelText } from '@presage/service/exposition.ts';
import type { Tree } from '../host/tree.ts';
import { defineCollector, NoData } from './collector.ts';

/** Bonded interfaces and how many of their parts are up (kernel docs, networking/bonding.rst). */
export const bonding = defineCollector({
  name: 'bonding',
  help: 'bonding interfaces',
  start: () => (host, sink) => {
    const masters = host.sys.tryRead('class/net/bonding_masters');
    if (masters === undefined) throw new NoData('bonding: no class/net/bonding_masters, want the module bonding');
    const slaves = sink.gauge('node_bonding_slaves', 'Interfaces that belong to the bond.');
    const active = sink.gauge('node_bonding_active', 'Interfaces of the bond whose link is up.');
    for (const master of words(masters)) {
      const names = words(host.sys.read(`class/net/${master}/bonding/slaves`));
      const labels = labelText({ master });
      slaves.add(names.length, labels);
      active.add(names.filter((slave) => isUp(host.sys, master, slave)).length, labels);
    }
  },
});

/** The folder of a part is `slave_NAME` in kernels before 3.13. */
function isUp(sys: Tree, master: string, slave: string): boolean {
  const state =
    sys.tryRead(`class/net/${master}/lower_${slave}/bonding_slave/mii_status`) ??
    sys.tryRead(`class/net/${master}/slave_${slave}/bonding_slave/mii_status`);
  return state?.trim() === 'up';
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
