import { labelText } from '@presage/service/exposition.ts';
import { defineCollector } from './collector.ts';

/** How many control groups each controller has, from /proc/cgroups (cgroups(7)). */
export const cgroups = defineCollector({
  name: 'cgroups',
  help: 'control groups by controller',
  start: () => (host, sink) => {
    const count = sink.gauge('node_cgroups_cgroups', 'Control groups that use the controller.');
    // node_exporter has this text at both.
    const enabled = sink.gauge('node_cgroups_enabled', '1 where the controller is switched on.');
    for (const controller of parseCgroups(host.proc.read('cgroups'))) {
      const labels = labelText({ subsys_name: controller.name });
      count.add(controller.groups, labels);
      enabled.add(controller.enabled, labels);
    }
  },
});

/** One controller; `enabled` is 1 or 0. */
export interface CgroupController {
  readonly name: string;
  readonly groups: number;
  readonly enabled: number;
}

/** Reads `name hierarchy groups enabled` under a heading that begins with #. Throws on a line of another form. */
export function parseCgroups(text: string): CgroupController[] {
  const controllers: CgroupController[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match = /^(\S+)\s+\d+\s+(\d+)\s+([01])$/.exec(line);
    if (match === null) throw new Error(`cgroups: got ${JSON.stringify(line.slice(0, 80))}, want name, hierarchy, groups and enabled`);
    controllers.push({ name: match[1], groups: Number(match[2]), enabled: Number(match[3]) });
  }
  return controllers;
}
